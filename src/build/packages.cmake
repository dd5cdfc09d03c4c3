# What we stand on. A missing package is named as Debian names it, all of them at once.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
# floor() and fabs() are inlined in optimised builds only
link_libraries(m)

set(missing "")
function(exs_need prefix module package)
  pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${module})
  if(NOT ${prefix}_FOUND)
    set(missing "${missing} ${package}" PARENT_SCOPE)
  endif()
endfunction()

exs_need(CRYPTO "libcrypto>=3.0" libssl-dev)
exs_need(SSL "libssl>=3.0" libssl-dev)
exs_need(P11KIT "p11-kit-1>=0.24" libp11-kit-dev)
pkg_get_variable(P11KIT_MODULE_CONFIGS p11-kit-1 p11_module_configs)
exs_need(LIBP11 "libp11>=0.4.12" libp11-dev)
exs_need(CURL "libcurl>=7.88" libcurl4-openssl-dev)
exs_need(CJSON "libcjson>=1.7" libcjson-dev)
exs_need(SMARTCOLS "smartcols>=2.38" libsmartcols-dev)
exs_need(MICROHTTPD "libmicrohttpd>=0.9.75" libmicrohttpd-dev)
exs_need(ZLIB "zlib" zlib1g-dev)
# without a .pc file in older Debians; only its headers: it is opened when --jq is given (src/output/jq_library.c)
find_path(JQ_INCLUDE_DIR jq.h)
if(NOT JQ_INCLUDE_DIR)
  set(missing "${missing} libjq-dev")
endif()
if(EXS_TESTS)
  exs_need(CMOCKA "cmocka>=1.1.5" libcmocka-dev)
endif()

if(missing)
  message(FATAL_ERROR "exosign needs these packages:${missing}\n"
                      "  apt-get install${missing}\n"
                      "  (softhsm-fixtures/quickstart installs them and builds)")
endif()

# 0.4.18 cannot be told to leave OpenSSL's RSA alone: other RSA keys of a process fail after it was used.
if(LIBP11_VERSION VERSION_EQUAL "0.4.18")
  message(WARNING "libp11 0.4.18 breaks RSA for the rest of the process that uses it; take 0.4.19 or later, or 0.4.17")
endif()
