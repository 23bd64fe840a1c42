# sekisho_fuzz(NAME SOURCES … DEPS …): one fuzz target, a file tests/fuzz/<name>_fuzz.cpp with LLVMFuzzerTestOneInput.
#
# With SEKISHO_FUZZ (clang 19) each target is two libFuzzer programs: fuzz_NAME, and fuzz_NAME_planted, which runs the
# same code and then overflows a buffer on one magic prefix; a fuzzer that does not find that would find nothing else.
# Without it (g++) all targets are cases of one test program, fuzz_seeds, which feeds each its seeds
# (tests/fuzz/seeds/NAME/*) and a fixed walk of mutations of them, so that no target rots.

set_property(GLOBAL PROPERTY SEKISHO_FUZZ_NAMES "")

function(sekisho_fuzz name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY SEKISHO_FUZZ_NAMES ${name})
  # Its entry has the target's name, so that one program can hold several and a planted twin can wrap it.
  add_library(fuzz_case_${name} OBJECT ${arg_SOURCES})
  target_link_libraries(fuzz_case_${name} PUBLIC ${arg_DEPS} sekisho_flags)
  target_compile_definitions(fuzz_case_${name} PRIVATE
    SEKISHO_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LLVMFuzzerTestOneInput=sekisho_fuzz_${name})
  if(NOT SEKISHO_FUZZ)
    target_precompile_headers(fuzz_case_${name} REUSE_FROM pch_core)
    return()
  endif()
  foreach(program fuzz_${name} fuzz_${name}_planted)
    add_executable(${program} ${CMAKE_SOURCE_DIR}/tests/fuzz/entry.cpp)
    target_link_libraries(${program} PRIVATE fuzz_case_${name})
    target_compile_definitions(${program} PRIVATE SEKISHO_FUZZ_CASE=sekisho_fuzz_${name})
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  endforeach()
  target_sources(fuzz_${name}_planted PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/plant.cpp)
  target_compile_definitions(fuzz_${name}_planted PRIVATE SEKISHO_PLANT_OVERFLOW)
endfunction()

# Called once, after the last target.
function(sekisho_fuzz_finish)
  get_property(names GLOBAL PROPERTY SEKISHO_FUZZ_NAMES)
  if(NOT names)
    return()
  endif()
  if(SEKISHO_FUZZ)
    add_custom_target(fuzz_targets)
    foreach(name ${names})
      add_dependencies(fuzz_targets fuzz_${name} fuzz_${name}_planted)
    endforeach()
    list(JOIN names "\n" text)
    file(WRITE ${CMAKE_BINARY_DIR}/fuzz_targets.txt "${text}\n")
    return()
  endif()
  set(table "")
  foreach(name ${names})
    string(APPEND table "SEKISHO_FUZZ_CASE(${name})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/fuzz_cases.inc CONTENT "${table}")
  list(TRANSFORM names PREPEND fuzz_case_ OUTPUT_VARIABLE cases)
  sekisho_test(fuzz_seeds SOURCES seeds_test.cpp DEPS ${cases})
  target_include_directories(fuzz_seeds PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
