# find_package(akua CONFIG): the targets akua::akua (the shared library, where there is one) and akua::static. Written by hand, for CMake
# 3.16 and newer; it finds everything from where it stands, so the tree may be moved.
get_filename_component(_akua_here "${CMAKE_CURRENT_LIST_FILE}" REALPATH)
get_filename_component(_akua_here "${_akua_here}" DIRECTORY)
get_filename_component(_akua_lib "${_akua_here}/@LIBDIR@" ABSOLUTE)
get_filename_component(_akua_include "${_akua_here}/@INCLUDEDIR@" ABSOLUTE)

if(NOT TARGET akua::akua AND EXISTS "${_akua_lib}/libakua.so.@VERSION@")
  add_library(akua::akua SHARED IMPORTED)
  set_target_properties(akua::akua PROPERTIES
    IMPORTED_LOCATION "${_akua_lib}/libakua.so.@VERSION@"
    IMPORTED_SONAME "libakua.so.@ABI_VERSION@"
    INTERFACE_INCLUDE_DIRECTORIES "${_akua_include}")
endif()

if(NOT TARGET akua::static)
  add_library(akua::static STATIC IMPORTED)
  set_target_properties(akua::static PROPERTIES
    IMPORTED_LOCATION "${_akua_lib}/libakua.a"
    INTERFACE_LINK_LIBRARIES "@STATIC_LIBS@"
    INTERFACE_INCLUDE_DIRECTORIES "${_akua_include}")
endif()

# It has no components.
foreach(_akua_component IN LISTS akua_FIND_COMPONENTS)
  set(akua_${_akua_component}_FOUND FALSE)
  if(akua_FIND_REQUIRED_${_akua_component})
    set(akua_FOUND FALSE)
    set(akua_NOT_FOUND_MESSAGE "akua has no component ${_akua_component}: it has the targets akua::akua and akua::static, and no components")
  endif()
endforeach()

unset(_akua_component)
unset(_akua_here)
unset(_akua_lib)
unset(_akua_include)
