# Labels for all tests: fast or slow, and plain for those that sanitizers do not help. Included last.
# Each entry is a regular expression that matches whole names. README, "Tests", says how they are used.

# Tests that take more than about 5 s on an idle core. All others are labelled "fast".
set(slow_tests
    browser_.*
    cli_.* # but for those in fast_tests
    fault_.* valgrind_sample
    film_.*
    fuzz_mutated
    load_.*
    parity_.*
    test_best_first test_pool test_worker_jobs
    "web_(contract|limits|stop)")
set(fast_tests cli_compare cli_features cli_verify parity_decode_cases parity_edge_cases
               parity_further_cases parity_refused)

# Tests that sanitizers would only slow down: labelled "plain", and left out by `ctest --preset asan`.
set(plain_tests
    browser_.*                            # the pages are the same
    cli_bench cli_tiers                   # speed, and the same bytes by all instructions
    cli_install cli_readme cli_vendor     # files and commands, which other tests run sanitized
    cli_learn cli_study                   # steps that other tests run sanitized
    cli_memory                            # a sanitizer's own allocator, without limits
    "fault_(allocations|calls|kill|power)" # processes that are killed; a sanitizer's own allocator
    "fault_every_(allocations|calls|full)"
    lint_.*                               # the same files
    "load_(burst|killed|leaks|slow)"      # what is measured is the load
    "parity_(edge|extended|filters|grid|levels|models|sample|statistics)" # Python does most of the work
    valgrind_sample)                      # finds what sanitizers find

# Whether a test's name matches one of the expressions after it.
function(patina_is_listed name out)
  set(${out} FALSE PARENT_SCOPE)
  foreach(pattern ${ARGN})
    if(name MATCHES "^(${pattern})$")
      set(${out} TRUE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

# An expression that matches no test is a typo, or its test is gone.
function(patina_check_list)
  get_property(all DIRECTORY PROPERTY TESTS)
  foreach(pattern ${ARGN})
    set(matching ${all})
    list(FILTER matching INCLUDE REGEX "^(${pattern})$")
    if(NOT matching)
      message(FATAL_ERROR "tests/labels.cmake: there is no test called ${pattern}")
    endif()
  endforeach()
endfunction()

get_property(tests DIRECTORY PROPERTY TESTS)
if(NOT PATINA_SANITIZE) # that build leaves out what cannot work in it
  patina_check_list(${slow_tests} ${fast_tests} ${plain_tests})
endif()
foreach(test ${tests})
  get_property(kind TEST ${test} PROPERTY LABELS)
  if(NOT kind MATCHES "^(unit|cli|web|load|browser|fault|film|fuzz|parity|lint)$")
    message(FATAL_ERROR "The test ${test} needs one label of its kind, and has: '${kind}'")
  endif()
  set(speed fast)
  patina_is_listed(${test} is_slow ${slow_tests})
  patina_is_listed(${test} is_fast ${fast_tests})
  if(is_slow AND NOT is_fast)
    set(speed slow)
    set_property(TEST ${test} PROPERTY COST 100) # begun first, lest the last one runs alone
  endif()
  set_property(TEST ${test} APPEND PROPERTY LABELS ${speed})
  patina_is_listed(${test} is_plain ${plain_tests})
  if(is_plain)
    set_property(TEST ${test} APPEND PROPERTY LABELS plain)
  endif()
endforeach()
