# The sandbox tenant: links none of the library.
file(GLOB sandbox_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/sandbox/*.c)
if(sandbox_sources)
  add_executable(exosign-sandbox ${sandbox_sources})
  target_link_libraries(exosign-sandbox PRIVATE
    PkgConfig::MICROHTTPD PkgConfig::CRYPTO PkgConfig::LIBP11 PkgConfig::P11KIT PkgConfig::CJSON
    PkgConfig::ZLIB Threads::Threads ${CMAKE_DL_LIBS})
endif()
