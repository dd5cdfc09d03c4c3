# What is installed where. The program finds the library beside its own prefix, so that a private prefix works.
include(CMakePackageConfigHelpers)
set(EXS_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/exosign)
file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})

install(TARGETS exosign LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET exosign_cli)
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set_target_properties(exosign_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${lib_from_bin}")
  endif()
  install(TARGETS exosign_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET exosign-sandbox)
  install(TARGETS exosign-sandbox RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/exosign)
endif()

install(DIRECTORY include/exosign ${CMAKE_BINARY_DIR}/include/exosign
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

configure_file(src/build/exosign.pc.in ${CMAKE_BINARY_DIR}/exosign.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/exosign.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# One imported target, without what stands behind the library: the dynamic linker finds that.
configure_package_config_file(src/build/exosign-config.cmake.in
  ${CMAKE_BINARY_DIR}/exosign-config.cmake INSTALL_DESTINATION ${EXS_CMAKEDIR}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/exosign-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/exosign-config.cmake
              ${CMAKE_BINARY_DIR}/exosign-config-version.cmake
        DESTINATION ${EXS_CMAKEDIR})
