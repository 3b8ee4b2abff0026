# What `cmake --install` puts where, by component:
#   programs   the four programs and the systemd unit
#   doc        pages, schema and examples, in the folders that they have in the source, so that their links hold
#   library    the client library (its rules stand with it)
#   debian     what only the Debian package has; not part of a plain install
# And the package itself: tools/package.sh, or cpack in the build folder.
include(GNUInstallDirs)

install(TARGETS earmarkd earmark earmark-journal earmark-load
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
# Not LIBDIR, which is a machine's: systemd looks into lib/systemd/system of /usr and of /usr/local.
install(FILES packaging/earmarkd.service DESTINATION lib/systemd/system COMPONENT programs)

set(earmark_doc ${CMAKE_INSTALL_DATADIR}/doc/earmark)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${earmark_doc} COMPONENT doc)
install(DIRECTORY docs DESTINATION ${earmark_doc} COMPONENT doc)
install(DIRECTORY schema DESTINATION ${earmark_doc} COMPONENT doc FILES_MATCHING PATTERN "*.fbs" PATTERN "PROTOCOL.md")
install(DIRECTORY examples/building-materials DESTINATION ${earmark_doc}/examples COMPONENT doc)
install(DIRECTORY examples/retail-year DESTINATION ${earmark_doc}/examples COMPONENT doc USE_SOURCE_PERMISSIONS PATTERN "__pycache__" EXCLUDE)
install(FILES examples/earmark.toml DESTINATION ${earmark_doc}/examples COMPONENT doc OPTIONAL)

# The service reads its flags from /etc/default/earmarkd; with an example of a configuration file it starts with a copy of that.
set(earmarkd_flags "")
set(earmark_conffiles /etc/default/earmarkd)
if(EXISTS ${PROJECT_SOURCE_DIR}/examples/earmark.toml)
  set(earmarkd_flags "--config /etc/earmark/earmark.toml")
  list(APPEND earmark_conffiles /etc/earmark/earmark.toml)
  install(FILES examples/earmark.toml DESTINATION /etc/earmark COMPONENT debian EXCLUDE_FROM_ALL)
endif()
configure_file(packaging/earmarkd.default.in ${PROJECT_BINARY_DIR}/packaging/earmarkd @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/packaging/earmarkd DESTINATION /etc/default COMPONENT debian EXCLUDE_FROM_ALL)
install(FILES packaging/debian/copyright DESTINATION ${earmark_doc} COMPONENT debian EXCLUDE_FROM_ALL)
list(JOIN earmark_conffiles "\n" conffiles)
file(WRITE ${PROJECT_BINARY_DIR}/packaging/conffiles "${conffiles}\n")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Earmark maintainers <maintainers@earmark.example>")
set(CPACK_PACKAGE_DESCRIPTION "Earmark decides, for every order and at the moment it arrives, what ships now and what has to wait.
It keeps stock in memory and every decision on disk before it is answered.
This package has the server earmarkd with a systemd unit, the command line
earmark, the load tester earmark-load, and earmark-journal, which checks, dumps,
copies and restores a server's data. It enables and starts nothing by itself.")
set(CPACK_COMPONENTS_ALL programs doc debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_SET_DESTDIR ON)  # files under /etc stand outside the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/debian/postinst ${PROJECT_SOURCE_DIR}/packaging/debian/prerm
    ${PROJECT_SOURCE_DIR}/packaging/debian/postrm ${PROJECT_BINARY_DIR}/packaging/conffiles)
include(CPack)
