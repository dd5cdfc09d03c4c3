# Warnings, hardening and sanitizers: the same for everything we compile.
add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wformat=2 -Wvla -Wundef -Wcast-qual -Wwrite-strings
  -fno-common -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(EXS_WERROR)
  add_compile_options(-Werror)
endif()

if(EXS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(EXS_SANITIZE)
  add_compile_options(-fsanitize=${EXS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${EXS_SANITIZE})
elseif(NOT EXS_FUZZ)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
endif()
