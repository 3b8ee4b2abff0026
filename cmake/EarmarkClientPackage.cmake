# The client library as others use it: one static archive, its public headers, and a CMake package
#   find_package(earmark 0.1 CONFIG REQUIRED)   target_link_libraries(... earmark::client)
# installed by the component library. FlatBuffers and everything else inside the archive stays inside: users need
# Asio's headers and threads alone. They include <earmark/client/channel.hpp>; the headers find each other by the
# project's own paths ("client/values.hpp"), which is why include/earmark is on the path as well.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(public_client_headers address blocking_channel channel channel_options failure values values_purchases values_rules)
set(public_engine_headers check errors result types)

# Of the engine only its vocabulary is needed: names of errors, and the check.
add_library(earmark_client_package STATIC
  $<TARGET_OBJECTS:earmark_channel> $<TARGET_OBJECTS:earmark_schema>
  ${PROJECT_SOURCE_DIR}/engine/check.cpp ${PROJECT_SOURCE_DIR}/engine/errors.cpp)
target_include_directories(earmark_client_package PRIVATE ${PROJECT_SOURCE_DIR})
set_target_properties(earmark_client_package PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME earmark_client EXPORT_NAME client)
target_compile_features(earmark_client_package INTERFACE cxx_std_20)
target_include_directories(earmark_client_package INTERFACE
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/earmark>)
target_link_libraries(earmark_client_package INTERFACE $<INSTALL_INTERFACE:earmark::asio>)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/earmark)
install(TARGETS earmark_client_package EXPORT earmark-targets COMPONENT library
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT earmark-targets NAMESPACE earmark:: DESTINATION ${package_directory} COMPONENT library)
foreach(folder client engine)
  list(TRANSFORM public_${folder}_headers PREPEND ${PROJECT_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE headers)
  list(TRANSFORM headers APPEND .hpp)
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/earmark/${folder} COMPONENT library)
endforeach()

# Types of Asio stand in the library's interface: who uses it must have the version and the definitions that it was built with.
get_target_property(EARMARK_ASIO_DEFINITIONS earmark_asio INTERFACE_COMPILE_DEFINITIONS)
list(JOIN EARMARK_ASIO_DEFINITIONS " " EARMARK_ASIO_DEFINITIONS)
file(STRINGS ${earmark_asio_INCLUDE}/asio/version.hpp EARMARK_ASIO_VERSION REGEX "^#define ASIO_VERSION ")
string(REGEX MATCH "[0-9]+" EARMARK_ASIO_VERSION "${EARMARK_ASIO_VERSION}")
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/earmark-config.cmake.in
  ${PROJECT_BINARY_DIR}/earmark-config.cmake INSTALL_DESTINATION ${package_directory})
# Before 1.0 a minor version may change what the library offers.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/earmark-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/earmark-config.cmake ${PROJECT_BINARY_DIR}/earmark-config-version.cmake
        DESTINATION ${package_directory} COMPONENT library)
