# What is installed where.
install(TARGETS exosign EXPORT exosign LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
