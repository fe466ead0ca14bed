# cmake --install: program, library, headers, sample, manual page, patina.pc, the CMake package, and
# the completions of shells.
include(CMakePackageConfigHelpers)

# A static libpatina leaves its libraries to the program that links it.
get_target_property(library_type patina TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  string(REPLACE ";" " " PC_REQUIRES "${PATINA_REQUIRES}")
  set(PC_LIBS "-lcsv -ldl -lm")
endif()
# The .pc file finds its prefix from where it lies, so that an installed tree can be moved.
file(RELATIVE_PATH PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" PC_PREFIX "${PC_PREFIX}")
configure_file(cmake/patina.pc.in patina.pc @ONLY)
configure_package_config_file(cmake/patina-config.cmake.in patina-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/patina)
write_basic_package_version_file(patina-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS patina_cli)
install(TARGETS patina EXPORT patina)
install(DIRECTORY include/patina TYPE INCLUDE)
install(DIRECTORY data/sample DESTINATION ${CMAKE_INSTALL_DATADIR}/patina)
file(GLOB models CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/data/model/*.model)
install(FILES ${models} DESTINATION ${CMAKE_INSTALL_DATADIR}/patina/model)
install(FILES data/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/patina) # origin and licences
file(GLOB vendored_licences ${PROJECT_SOURCE_DIR}/src/report/vendor/*.LICENSE)
install(FILES ${vendored_licences} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_BINARY_DIR}/patina.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(EXPORT patina NAMESPACE patina:: FILE patina-targets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/patina)
install(FILES ${PROJECT_BINARY_DIR}/patina-config.cmake
              ${PROJECT_BINARY_DIR}/patina-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/patina)

# The program knows its options, and prints the completions.
set(completions ${PROJECT_BINARY_DIR}/completions)
foreach(shell bash zsh fish)
  add_custom_command(OUTPUT ${completions}/patina.${shell}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
    COMMAND patina_cli completion ${shell} > ${completions}/patina.${shell}
    DEPENDS patina_cli VERBATIM)
endforeach()
add_custom_target(completions ALL DEPENDS ${completions}/patina.bash ${completions}/patina.zsh
                  ${completions}/patina.fish)
install(FILES ${completions}/patina.bash RENAME patina
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/patina.zsh RENAME _patina
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/patina.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
