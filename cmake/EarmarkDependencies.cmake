# Every library the project uses, as one target each. Headers of others are SYSTEM: their warnings are not ours.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(tomlplusplus REQUIRED)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb)

function(earmark_header_library target header)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
endfunction()

earmark_header_library(earmark_asio asio.hpp)
target_compile_definitions(earmark_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
target_link_libraries(earmark_asio INTERFACE Threads::Threads)

earmark_header_library(earmark_flatbuffers flatbuffers/flatbuffers.h)
earmark_header_library(earmark_xxhash xxhash.h)
earmark_header_library(earmark_concurrentqueue concurrentqueue/concurrentqueue.h)

find_program(FLATC_PROGRAM flatc REQUIRED)
