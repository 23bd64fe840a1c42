# sekisho_unite(TARGET…): sources of these targets may be compiled together, so that what they all include is read once,
# which is more than half of a cold build. scripts/unity_groups.py says which may: those of which no name can mean
# something else in another.

find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(SEKISHO_UNITY 8 CACHE STRING "the most source files that are compiled as one; 0 compiles each alone")
set_property(GLOBAL PROPERTY SEKISHO_UNITED "")

function(sekisho_unite)
  set_property(GLOBAL APPEND PROPERTY SEKISHO_UNITED ${ARGN})
endfunction()

# Called once, after the last target.
function(sekisho_unite_finish)
  if(NOT SEKISHO_UNITY GREATER 1)
    return()
  endif()
  get_property(targets GLOBAL PROPERTY SEKISHO_UNITED)
  set(table "")
  foreach(target IN LISTS targets)
    get_target_property(sources ${target} SOURCES)
    get_target_property(folder ${target} SOURCE_DIR)
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    list(TRANSFORM sources PREPEND "${folder}/" REGEX "^[^/]")
    list(JOIN sources " " sources)
    string(APPEND table "${target} ${sources}\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/unity_sources.txt "${table}")
  execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/scripts/unity_groups.py ${SEKISHO_UNITY} ${CMAKE_BINARY_DIR}/unity_sources.txt
    OUTPUT_VARIABLE groups COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" groups "${groups}")
  set(number 0)
  foreach(group IN LISTS groups)
    separate_arguments(sources UNIX_COMMAND "${group}")
    list(POP_FRONT sources target)
    set_source_files_properties(${sources} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${number})
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    math(EXPR number "${number} + 1")
  endforeach()
endfunction()
