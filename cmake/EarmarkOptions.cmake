# Language level, warnings and tools, for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(EARMARK_WERROR "Treat warnings as errors" ON)
set(EARMARK_SANITIZE "" CACHE STRING "Sanitizers, e.g. address;undefined or thread")
option(EARMARK_COVERAGE "Count which lines and branches run; see tools/coverage.sh" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND NOT EARMARK_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

# CRC32C and 16-byte loads: every x86-64 server since 2009 has SSE4.2; other machines take the table-driven code.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-msse4.2)
endif()

add_library(earmark_options INTERFACE)
target_include_directories(earmark_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(earmark_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wimplicit-fallthrough -Wundef
  # GCC 12 reports std::string concatenation wrongly (its bug 105651).
  -Wno-restrict)
if(EARMARK_WERROR)
  target_compile_options(earmark_options INTERFACE -Werror)
endif()
if(EARMARK_SANITIZE)
  string(REPLACE ";" "," sanitizers "${EARMARK_SANITIZE}")
  # With sanitizers GCC takes parts of std::function and std::regex for uninitialized.
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${sanitizers})
  if(sanitizers MATCHES "thread")
    add_compile_options(-Wno-tsan)  # fences, which it does not model, stand in Asio too; tools/tsan.suppressions says more
  endif()
endif()
if(EARMARK_COVERAGE)
  # Counters that several threads may raise; without inlining a branch is counted where it stands in the source.
  add_compile_options(--coverage -fprofile-update=atomic -fno-inline)
  add_link_options(--coverage)
  add_library(earmark_coverage_end STATIC ${CMAKE_CURRENT_LIST_DIR}/coverage_end.cpp)
  target_link_libraries(earmark_options INTERFACE earmark_coverage_end)
  target_link_options(earmark_options INTERFACE -Wl,--wrap=_exit -Wl,--wrap=_Exit)
endif()
