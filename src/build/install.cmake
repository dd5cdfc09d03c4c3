# What is installed where. The program finds the library beside its own prefix, so that a private prefix works.
include(CMakePackageConfigHelpers)
set(EXS_CMAKEDIR ${CMAKE_INSTALL_LIBDIR}/cmake/exosign)
file(RELATIVE_PATH lib_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})

install(TARGETS exosign LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS exosign-view LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/exosign)
if(TARGET exosign_cli)
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    # The same path in the build tree: CMake's own way leaves an empty entry there, which means the working directory.
    set_target_properties(exosign_cli PROPERTIES
      INSTALL_RPATH "$ORIGIN/${lib_from_bin}:$ORIGIN" BUILD_WITH_INSTALL_RPATH ON)
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

# Units of systemd: renewal of certificates, and an example for a nightly runbook. They go below the prefix, where systemd looks when
# that is /usr or /usr/local.
foreach(unit exosign-renew@.service exosign-renew@.timer exosign-retire@.service exosign-retire@.timer
             exosign-runbook@.service exosign-runbook@.timer)
  configure_file(src/units/${unit}.in ${CMAKE_BINARY_DIR}/units/${unit} @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/units/${unit} DESTINATION lib/systemd/system)
endforeach()
configure_file(src/units/exosign.sysusers.in ${CMAKE_BINARY_DIR}/units/exosign.conf @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/units/exosign.conf DESTINATION lib/sysusers.d)

# Manual pages and completions come from the program's own tables.
if(TARGET exosign_cli)
  set(made "")
  foreach(page exosign.1 exosign.conf.5)
    string(REGEX MATCH "[0-9]$" section ${page})
    configure_file(src/man/${page}.in ${CMAKE_BINARY_DIR}/man/${page}.frame @ONLY)
    add_custom_command(OUTPUT man/${page}
      COMMAND exosign_cli manual man/${page}.frame > man/${page}
      DEPENDS exosign_cli ${CMAKE_BINARY_DIR}/man/${page}.frame VERBATIM)
    list(APPEND made ${CMAKE_BINARY_DIR}/man/${page})
    install(FILES ${CMAKE_BINARY_DIR}/man/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
  foreach(place bash:bash-completion/completions:exosign zsh:zsh/site-functions:_exosign
                fish:fish/vendor_completions.d:exosign.fish)
    string(REPLACE ":" ";" place ${place})
    list(GET place 0 shell)
    list(GET place 1 directory)
    list(GET place 2 name)
    add_custom_command(OUTPUT completion/${name}.${shell}
      COMMAND ${CMAKE_COMMAND} -E make_directory completion
      COMMAND exosign_cli completion ${shell} > completion/${name}.${shell}
      DEPENDS exosign_cli VERBATIM)
    list(APPEND made ${CMAKE_BINARY_DIR}/completion/${name}.${shell})
    install(FILES ${CMAKE_BINARY_DIR}/completion/${name}.${shell}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/${directory} RENAME ${name})
  endforeach()
  add_custom_target(exosign_texts ALL DEPENDS ${made})
endif()
