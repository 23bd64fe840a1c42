# Compiler, linker and cache: one place, each line with its reason.

add_library(sekisho_flags INTERFACE)
target_include_directories(sekisho_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})

target_compile_options(sekisho_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Wformat=2 -Wimplicit-fallthrough -Werror
  # Debug paths and __FILE__ do not depend on where the clone lies; ccache hits across build folders.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sekisho_flags INTERFACE
    -Wno-mismatched-new-delete   # false positive in Asio's awaitable frames under optimisation (Boost 1.81)
    -Wno-maybe-uninitialized     # false positive on structured bindings of co_await
    -Wno-subobject-linkage       # a coroutine's frame may hold what is unnamed; g++ minds where files are united
    -Wno-restrict                # false positive in libstdc++ 12's string concatenation
    -fpch-preprocess)            # lets ccache see through the precompiled header
else()
  # clang serves fuzzing and clang-tidy only; without precompiled headers it also finds missing includes.
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
  # libstdc++ 12's own stable_sort uses what C++17 deprecated, which clang reports where it is instantiated.
  target_compile_options(sekisho_flags INTERFACE -Wno-deprecated-declarations)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")

if(SEKISHO_SANITIZE STREQUAL "address")
  target_compile_options(sekisho_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(sekisho_flags INTERFACE -fsanitize=address,undefined)
elseif(SEKISHO_SANITIZE STREQUAL "thread")
  # Asio's reference counts use fences, which TSan does not model.
  target_compile_options(sekisho_flags INTERFACE -fsanitize=thread -Wno-tsan)
  target_link_options(sekisho_flags INTERFACE -fsanitize=thread)
elseif(SEKISHO_SANITIZE STREQUAL "fuzzer")
  target_compile_options(sekisho_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(sekisho_flags INTERFACE -fsanitize=address,undefined)
else()
  target_compile_options(sekisho_flags INTERFACE -fstack-protector-strong -fcf-protection)
  target_compile_definitions(sekisho_flags INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
endif()

find_program(SEKISHO_MOLD mold)
if(SEKISHO_MOLD)
  target_link_options(sekisho_flags INTERFACE -fuse-ld=mold)
endif()

find_program(SEKISHO_CCACHE ccache)
if(SEKISHO_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${SEKISHO_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)
