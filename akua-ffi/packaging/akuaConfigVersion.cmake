# Which requests for a version this one satisfies: the same ABI and nothing newer. Before 1.0 each minor version may
# change what a program is compiled against.
set(PACKAGE_VERSION "@VERSION@")
if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  string(REGEX MATCH "^[0-9]+\\.[0-9]+" _akua_series "${PACKAGE_VERSION}")
  if("${PACKAGE_FIND_VERSION}" STREQUAL "" OR "${PACKAGE_FIND_VERSION_MAJOR}.${PACKAGE_FIND_VERSION_MINOR}" STREQUAL _akua_series
     OR "${PACKAGE_FIND_VERSION_COUNT}" EQUAL 1)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
  else()
    set(PACKAGE_VERSION_COMPATIBLE FALSE)
  endif()
  if(PACKAGE_FIND_VERSION STREQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
  unset(_akua_series)
endif()
