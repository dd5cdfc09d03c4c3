# The library: one object library a room, one shared library that hides all but the map, and a
# static flavour with every symbol for the tests.
set(EXS_ROOMS base hsm sign http oauth api exchange graph lifecycle)

configure_file(${CMAKE_SOURCE_DIR}/src/build/version.h.in
               ${CMAKE_BINARY_DIR}/include/exosign/version.h @ONLY)

set(objects "")
foreach(room ${EXS_ROOMS})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${room}/*.c)
  if(sources)
    add_library(exs_${room} OBJECT ${sources})
    target_include_directories(exs_${room} PUBLIC
      ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(exs_${room} PUBLIC
      PkgConfig::CRYPTO PkgConfig::SSL PkgConfig::P11KIT PkgConfig::LIBP11 PkgConfig::CJSON PkgConfig::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)
    list(APPEND objects $<TARGET_OBJECTS:exs_${room}>)
  endif()
endforeach()
if(TARGET exs_hsm)
  target_compile_definitions(exs_hsm PRIVATE EXS_P11_MODULE_CONFIGS="${P11KIT_MODULE_CONFIGS}"
    EXS_PLUGIN_DIRECTORY="${CMAKE_INSTALL_FULL_LIBDIR}/exosign")
endif()
# libcurl is opened when the first request is made (src/http/curl_library.c), so only its headers.
if(TARGET exs_http)
  target_include_directories(exs_http PRIVATE ${CURL_INCLUDE_DIRS})
endif()

add_library(exosign SHARED ${objects})
target_link_libraries(exosign PUBLIC
  PkgConfig::CRYPTO PkgConfig::SSL PkgConfig::P11KIT PkgConfig::LIBP11 PkgConfig::CJSON PkgConfig::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)
target_include_directories(exosign PUBLIC
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>
  $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_options(exosign PRIVATE
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/src/build/exports.map)
set_target_properties(exosign PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION 0
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/src/build/exports.map)

add_library(exosign_testable STATIC ${objects})
target_link_libraries(exosign_testable PUBLIC
  PkgConfig::CRYPTO PkgConfig::SSL PkgConfig::P11KIT PkgConfig::LIBP11 PkgConfig::CJSON PkgConfig::ZLIB Threads::Threads ${CMAKE_DL_LIBS} m)
target_include_directories(exosign_testable PUBLIC
  ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include ${CMAKE_SOURCE_DIR}/src)

# The plug-in through which libp11 sees one key of the device (src/view); found beside the library.
add_library(exosign-view MODULE ${CMAKE_SOURCE_DIR}/src/view/view.c)
set_target_properties(exosign-view PROPERTIES PREFIX "")
target_include_directories(exosign-view PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(exosign-view PRIVATE PkgConfig::P11KIT)
add_dependencies(exosign exosign-view)
add_dependencies(exosign_testable exosign-view)
