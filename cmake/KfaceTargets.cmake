# One line a library, one line a test.

# Warnings and sanitizers for our own code; never handed on to consumers.
add_library(kface_internal_flags INTERFACE)
target_compile_options(kface_internal_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
# At -O3, GCC 12 warns of copies, moves and comparisons inside the standard library that cannot
# happen (its bugs 105329, 105562 and 105651); the dev build, at -O1, keeps these warnings.
target_compile_options(kface_internal_flags INTERFACE
                       $<$<CONFIG:Release>:-Wno-restrict;-Wno-maybe-uninitialized;-Wno-stringop-overread>)
if(KFACE_SANITIZE)
  target_compile_options(kface_internal_flags INTERFACE -fsanitize=${KFACE_SANITIZE}
                                                        -fno-sanitize-recover=all
                                                        -fno-omit-frame-pointer)
  target_link_options(kface_internal_flags INTERFACE -fsanitize=${KFACE_SANITIZE})
endif()

# kface_library(NAME SOURCES a.cpp ... LINK kface::x ... PRIVATE_LINK lib ... [NUMERIC])
# makes kface_NAME and its alias kface::NAME. NUMERIC: its loops run long; optimised under the
# sanitizers, too, where the rest is not, since that doubles the time to compile.
function(kface_library name)
  cmake_parse_arguments(ARG "NUMERIC" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(kface_${name} STATIC ${ARG_SOURCES})
  add_library(kface::${name} ALIAS kface_${name})
  target_include_directories(kface_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                                  ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(kface_${name} PUBLIC ${ARG_LINK}
                        PRIVATE ${ARG_PRIVATE_LINK} $<BUILD_INTERFACE:kface_internal_flags>)
  if(ARG_NUMERIC AND KFACE_SANITIZE)
    target_compile_options(kface_${name} PRIVATE -O1)
  endif()
endfunction()

# kface_test(path/x_test.cpp LABELS unit LINK kface::y ...): one binary, its tests listed by CTest
# as <folder>.<file>.<Suite>.<Test>, under the sanitizers as <folder>.<file>. Label `program`: it
# starts the program; under the sanitizers it is built with the target program_tests alone. FIXTURES
# name: of CTest, set up before the tests. Tests find real data through KFACE_DATA, models through
# KFACE_MODELS (see tests/support).
function(kface_test source)
  if(NOT KFACE_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT;FIXTURES" "LABELS;LINK" ${ARGN})
  get_filename_component(stem ${source} NAME_WE)
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  string(REGEX REPLACE "_test$" "" short ${stem})
  set(target ${folder}_${stem})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${ARG_LINK} kface_internal_flags GTest::gtest_main)
  if(KFACE_SANITIZE AND "program" IN_LIST ARG_LABELS)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(program_tests ${target})
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(ARG_FIXTURES)
    set(ARG_FIXTURES FIXTURES_REQUIRED ${ARG_FIXTURES})
  endif()
  # CMake takes a list of labels apart and loses what follows it; `ctest -L` finds a word in one.
  string(REPLACE ";" " " ARG_LABELS "${ARG_LABELS}")
  set(properties LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ${ARG_FIXTURES})
  if(KFACE_SANITIZE)
    # One process a binary: a sanitizer's start-up takes longer than most tests.
    add_test(NAME ${folder}.${short} COMMAND ${target} --gtest_brief=1)
    set_tests_properties(${folder}.${short} PROPERTIES ${properties})
  else()
    gtest_discover_tests(${target} TEST_PREFIX ${folder}.${short}. DISCOVERY_MODE PRE_TEST
                         DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
  endif()
endfunction()
if(KFACE_BUILD_TESTS)
  include(GoogleTest)
  add_custom_target(program_tests)
endif()
