# sekisho_module(NAME SOURCES … DEPS …): one static library per room, or of what tests share; sources listed by name.
# sekisho_test(NAME SOURCES … DEPS … [LABELS …] [TIMEOUT s]): one GoogleTest program per room.

# Three precompiled headers of foreign headers only; never a header of the project (stale objects under ccache).
file(WRITE ${CMAKE_BINARY_DIR}/pch_core.cpp "")
add_library(pch_core STATIC ${CMAKE_BINARY_DIR}/pch_core.cpp)
target_link_libraries(pch_core PUBLIC sekisho_flags fmt::fmt Boost::json)
target_precompile_headers(pch_core PRIVATE
  <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <set> <span>
  <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <boost/json.hpp>)

file(WRITE ${CMAKE_BINARY_DIR}/pch_net.cpp "")
add_library(pch_net STATIC ${CMAKE_BINARY_DIR}/pch_net.cpp)
target_link_libraries(pch_net PUBLIC sekisho_flags fmt::fmt Boost::json boost_compiled)
target_precompile_headers(pch_net PRIVATE
  <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <set> <span>
  <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <boost/json.hpp>
  <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/detached.hpp> <boost/asio/io_context.hpp>
  <boost/asio/post.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>)

if(SEKISHO_TESTS)
  file(WRITE ${CMAKE_BINARY_DIR}/pch_test.cpp "")
  add_library(pch_test STATIC ${CMAKE_BINARY_DIR}/pch_test.cpp)
  target_link_libraries(pch_test PUBLIC
    sekisho_flags fmt::fmt Boost::json boost_compiled GTest::gtest GTest::gmock test_main rapidcheck)
  # A third less to compile; what is tested is optimised as ever.
  target_compile_options(pch_test PUBLIC $<$<CONFIG:Release>:-O1>)
  # False positives of g++ 12 in libstdc++'s strings, which lose their system-header silence in a precompiled header.
  target_compile_options(pch_test PUBLIC "$<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
  target_precompile_headers(pch_test PRIVATE
    <algorithm> <array> <chrono> <cstdint> <expected> <filesystem> <functional> <map> <memory> <optional> <set> <span>
    <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h> <boost/json.hpp>
    <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>
    <gmock/gmock.h> <gtest/gtest.h>)
endif()

# A room that exposes coroutines is declared with NET; so is every room above one.
function(sekisho_module name)
  cmake_parse_arguments(arg "NET" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC sekisho_flags fmt::fmt Boost::json ${arg_DEPS})
  if(arg_NET)
    target_link_libraries(${name} PUBLIC boost_compiled)
    target_precompile_headers(${name} REUSE_FROM pch_net)
  else()
    target_precompile_headers(${name} REUSE_FROM pch_core)
  endif()
  sekisho_unite(${name})
endfunction()

# What runs under ThreadSanitizer: the test programs with the label "threads".
add_custom_target(threads_tests)

function(sekisho_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} pch_test)
  target_precompile_headers(${name} REUSE_FROM pch_test)
  sekisho_unite(${name})
  add_test(NAME ${name} COMMAND ${name})
  if("threads" IN_LIST arg_LABELS)
    add_dependencies(threads_tests ${name})
  endif()
  # What may take longest starts first, so that no core waits at the end.
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} COST ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()
