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
# Not ASIO_NO_DEPRECATED: RESTinio uses deprecated names, and Asio's inline functions must be the same everywhere.
# Said here because Asio finds it out by what was included before it, and then allocates in one way and frees in another.
target_compile_definitions(earmark_asio INTERFACE ASIO_STANDALONE ASIO_HAS_STD_ALIGNED_ALLOC=1)
target_link_libraries(earmark_asio INTERFACE Threads::Threads)
# GCC 12 takes the allocation of a coroutine's frame for mismatched when it inlines half of it (its bug 109224).
target_compile_options(earmark_asio INTERFACE -Wno-mismatched-new-delete)

earmark_header_library(earmark_flatbuffers flatbuffers/flatbuffers.h)
earmark_header_library(earmark_xxhash xxhash.h)
earmark_header_library(earmark_concurrentqueue concurrentqueue/concurrentqueue.h)

# HTTP, on the same Asio. Its own bundled fmt is not in the package.
earmark_header_library(earmark_restinio restinio/all.hpp)
find_library(HTTP_PARSER_LIBRARY http_parser REQUIRED)
target_compile_definitions(earmark_restinio INTERFACE RESTINIO_EXTERNAL_FMT_LIB)
target_link_libraries(earmark_restinio INTERFACE earmark_asio fmt::fmt ${HTTP_PARSER_LIBRARY})

find_program(FLATC_PROGRAM flatc REQUIRED)
