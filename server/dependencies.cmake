# The libraries of others: the system's package where there is one, otherwise a pinned and hashed download.
# The order matters little; each block ends with one target that the rooms link.
include(FetchContent)
find_package(PkgConfig QUIET)
set(FETCHCONTENT_QUIET OFF)  # a download says so
if(POLICY CMP0135)
  cmake_policy(SET CMP0135 NEW)  # unpacked files are as old as their unpacking
endif()

# Downloads a library whose package was not found. Further arguments are settings of its own build.
macro(jobmock_download name url sha256)
  message(STATUS "${name}: no package found; downloading ${url}")
  foreach(setting ${ARGN})
    string(REPLACE "=" ";" setting ${setting})
    list(GET setting 0 setting_name)
    list(GET setting 1 setting_value)
    set(${setting_name} ${setting_value} CACHE INTERNAL "")
  endforeach()
  FetchContent_Declare(${name} URL ${url} URL_HASH SHA256=${sha256})
  FetchContent_MakeAvailable(${name})
endmacro()

# cpp-httplib: Debian's has a .pc file and no CMake config. Its flags change class layouts, so they are taken
# with it.
find_package(httplib QUIET CONFIG)
if(NOT TARGET httplib::httplib AND PkgConfig_FOUND)
  pkg_check_modules(httplib QUIET IMPORTED_TARGET GLOBAL cpp-httplib)
  if(httplib_FOUND)
    add_library(httplib::httplib ALIAS PkgConfig::httplib)
  endif()
endif()
if(NOT TARGET httplib::httplib)
  jobmock_download(httplib https://github.com/yhirose/cpp-httplib/archive/refs/tags/v0.41.0.tar.gz
    6d38a6b74ea33ac3133b8352f2b55b557c1d42f36e1ed0c01f852e3218329d39
    HTTPLIB_COMPILE=ON HTTPLIB_INSTALL=OFF HTTPLIB_USE_OPENSSL_IF_AVAILABLE=OFF HTTPLIB_USE_ZLIB_IF_AVAILABLE=OFF
    HTTPLIB_USE_BROTLI_IF_AVAILABLE=OFF HTTPLIB_USE_ZSTD_IF_AVAILABLE=OFF)
endif()

find_package(nlohmann_json 3.10 QUIET CONFIG)
if(NOT TARGET nlohmann_json::nlohmann_json)
  jobmock_download(nlohmann_json https://github.com/nlohmann/json/releases/download/v3.12.0/json.tar.xz
    42f6e95cad6ec532fd372391373363b62a14af6d771056dbfc86160e6dfff7aa JSON_Install=OFF JSON_BuildTests=OFF)
endif()

# yaml-cpp: the target has a name space from 0.8 on.
find_package(yaml-cpp 0.7 QUIET CONFIG)
if(NOT TARGET yaml-cpp AND NOT TARGET yaml-cpp::yaml-cpp)
  jobmock_download(yaml-cpp https://github.com/jbeder/yaml-cpp/archive/refs/tags/0.8.0.tar.gz
    fbe74bbdcee21d656715688706da3c8becfd946d92cd44705cc6098bb23b3a16
    YAML_CPP_BUILD_TOOLS=OFF YAML_CPP_BUILD_TESTS=OFF YAML_CPP_INSTALL=OFF)
endif()
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED GLOBAL)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()

find_package(CLI11 2.1 QUIET CONFIG)
if(NOT TARGET CLI11::CLI11)
  jobmock_download(CLI11 https://github.com/CLIUtils/CLI11/archive/v2.6.2.tar.gz
    c6ea6b2e5608b3ea8617999bd5f47420c71b2ebdb8dc4767c1034d1da5785711
    CLI11_BUILD_TESTS=OFF CLI11_BUILD_EXAMPLES=OFF CLI11_BUILD_DOCS=OFF CLI11_INSTALL=OFF)
endif()

# pugixml: the target has a name space from 1.11 on.
find_package(pugixml 1.11 QUIET CONFIG)
if(NOT TARGET pugixml::pugixml)
  jobmock_download(pugixml https://github.com/zeux/pugixml/releases/download/v1.14/pugixml-1.14.tar.gz
    2f10e276870c64b1db6809050a75e11a897a8d7456c4be5c6b2e35a11168a015 PUGIXML_INSTALL=OFF)
endif()

find_package(date QUIET CONFIG)
if(NOT TARGET date::date)
  jobmock_download(date https://github.com/HowardHinnant/date/archive/refs/tags/v3.0.4.tar.gz
    56e05531ee8994124eeb498d0e6a5e1c3b9d4fccbecdf555fe266631368fb55f BUILD_TZ_LIB=OFF ENABLE_DATE_INSTALL=OFF)
endif()

find_package(tl-expected QUIET CONFIG)
if(NOT TARGET tl::expected)
  jobmock_download(tl-expected https://github.com/TartanLlama/expected/archive/refs/tags/v1.1.0.tar.gz
    1db357f46dd2b24447156aaf970c4c40a793ef12a8a9c2ad9e096d9801368df6
    EXPECTED_BUILD_TESTS=OFF EXPECTED_BUILD_PACKAGE=OFF)
endif()

# mustache: one header, without any config.
find_path(JOBMOCK_MUSTACHE_FOLDER kainjow/mustache.hpp)
if(NOT JOBMOCK_MUSTACHE_FOLDER)
  jobmock_download(mustache https://github.com/kainjow/Mustache/archive/v4.1.tar.gz
    acd66359feb4318b421f9574cfc5a511133a77d916d0b13c7caa3783c0bfe167)
  file(COPY ${mustache_SOURCE_DIR}/mustache.hpp DESTINATION ${CMAKE_BINARY_DIR}/mustache/kainjow)
  set(JOBMOCK_MUSTACHE_FOLDER ${CMAKE_BINARY_DIR}/mustache CACHE PATH "" FORCE)
endif()
add_library(kainjow::mustache INTERFACE IMPORTED)
target_include_directories(kainjow::mustache INTERFACE ${JOBMOCK_MUSTACHE_FOLDER})

if(BUILD_TESTING)
  find_package(doctest 2.4 QUIET CONFIG)
  if(NOT TARGET doctest::doctest)
    jobmock_download(doctest https://github.com/doctest/doctest/archive/v2.4.9.tar.gz
      19b2df757f2f3703a5e63cee553d85596875f06d91a3333acd80a969ef210856 DOCTEST_WITH_TESTS=OFF)
  endif()
endif()
