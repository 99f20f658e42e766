# Which requests for a version this one satisfies: a range that it is in; else the same series and nothing newer, for before
# 1.0 each minor version may change what a program is compiled against. A target of other pointers is refused.
set(PACKAGE_VERSION "@VERSION@")
set(PACKAGE_VERSION_COMPATIBLE FALSE)
set(PACKAGE_VERSION_EXACT FALSE)

if(PACKAGE_FIND_VERSION_RANGE)
  if(PACKAGE_VERSION VERSION_GREATER_EQUAL PACKAGE_FIND_VERSION_MIN
     AND (PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION_MAX
          OR (PACKAGE_FIND_VERSION_RANGE_MAX STREQUAL "INCLUDE" AND PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION_MAX)))
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  endif()
elseif("${PACKAGE_FIND_VERSION}" STREQUAL "")
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
elseif(PACKAGE_VERSION VERSION_GREATER_EQUAL PACKAGE_FIND_VERSION)
  string(REGEX MATCH "^[0-9]+\\.[0-9]+" _akua_series "${PACKAGE_VERSION}")
  string(REGEX MATCH "^[0-9]+" _akua_major "${PACKAGE_VERSION}")
  if("${PACKAGE_FIND_VERSION_MAJOR}.${PACKAGE_FIND_VERSION_MINOR}" STREQUAL _akua_series
     OR (PACKAGE_FIND_VERSION_COUNT EQUAL 1 AND PACKAGE_FIND_VERSION_MAJOR EQUAL _akua_major))
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  endif()
  if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
  unset(_akua_series)
  unset(_akua_major)
endif()

# Unknown where no language is enabled.
math(EXPR _akua_bits "0${CMAKE_SIZEOF_VOID_P} * 8")
if(_akua_bits AND NOT _akua_bits EQUAL @BITS@)
  set(PACKAGE_VERSION "${PACKAGE_VERSION} (of @BITS@ bits, for a target of ${_akua_bits})")
  set(PACKAGE_VERSION_UNSUITABLE TRUE)
endif()
unset(_akua_bits)
