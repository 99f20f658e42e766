# find_package(akua CONFIG): the targets akua::akua (the shared library) and akua::static. Written by hand, for CMake
# 3.16 and newer; it finds everything next to itself, so the tree may be moved.
get_filename_component(_akua_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET akua::akua)
  add_library(akua::akua SHARED IMPORTED)
  set_target_properties(akua::akua PROPERTIES
    IMPORTED_LOCATION "${_akua_prefix}/lib/libakua.so.@VERSION@"
    IMPORTED_SONAME "libakua.so.@ABI_VERSION@"
    INTERFACE_INCLUDE_DIRECTORIES "${_akua_prefix}/include")
endif()

if(NOT TARGET akua::static)
  add_library(akua::static STATIC IMPORTED)
  set_target_properties(akua::static PROPERTIES
    IMPORTED_LOCATION "${_akua_prefix}/lib/libakua.a"
    INTERFACE_LINK_LIBRARIES "@STATIC_LIBS@"
    INTERFACE_INCLUDE_DIRECTORIES "${_akua_prefix}/include")
endif()

unset(_akua_prefix)
