# The program: settings, rendering and the face, on the public headers and base.
file(GLOB program_sources CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/src/config/*.c
  ${CMAKE_SOURCE_DIR}/src/output/*.c
  ${CMAKE_SOURCE_DIR}/src/cli/*.c)
set(program_main ${CMAKE_SOURCE_DIR}/src/cli/main.c)
list(REMOVE_ITEM program_sources ${program_main})

file(RELATIVE_PATH libexec_from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBEXECDIR})

if(program_sources)
  add_library(exs_program OBJECT ${program_sources})
  target_include_directories(exs_program PUBLIC
    ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)
  target_include_directories(exs_program SYSTEM PRIVATE ${JQ_INCLUDE_DIR})
  target_link_libraries(exs_program PUBLIC PkgConfig::SMARTCOLS PkgConfig::CJSON)
  target_compile_definitions(exs_program PRIVATE
    EXS_SYSCONFDIR="${CMAKE_INSTALL_FULL_SYSCONFDIR}"
    EXS_LIBEXEC_FROM_BIN="${libexec_from_bin}"
    EXS_CJSON_VERSION="${CJSON_VERSION}"
    EXS_P11KIT_VERSION="${P11KIT_VERSION}"
    EXS_CURL_VERSION="${CURL_VERSION}")

endif()
if(EXISTS ${program_main})
  add_executable(exosign_cli ${program_main} $<TARGET_OBJECTS:exs_program>
                 $<TARGET_OBJECTS:exs_base>)
  set_target_properties(exosign_cli PROPERTIES OUTPUT_NAME exosign)
  target_include_directories(exosign_cli PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(exosign_cli PRIVATE exosign PkgConfig::SMARTCOLS PkgConfig::CJSON
                        PkgConfig::CRYPTO)
endif()
