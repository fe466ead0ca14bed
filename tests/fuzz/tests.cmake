# Parsers of untrusted input, fed with arbitrary bytes. Every build runs the corpus; scripts/fuzz.sh
# searches for new inputs with libFuzzer (PATINA_FUZZ). To add a target, add its name here, fuzz_NAME.c
# and corpus/NAME.
set(fuzz_targets csv decode grid http journal manifest model picture recipe table wire)

foreach(target ${fuzz_targets})
  if(PATINA_FUZZ)
    patina_test_program(fuzz_${target} fuzz/fuzz_${target}.c fuzz/fuzz.c)
    target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
  else()
    patina_test_program(fuzz_${target} fuzz/fuzz_${target}.c fuzz/fuzz.c fuzz/replay.c)
    add_test(NAME fuzz_${target}
             COMMAND fuzz_${target} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${target})
    set_tests_properties(fuzz_${target} PROPERTIES LABELS fuzz TIMEOUT 1800)
  endif()
endforeach()

# Complete runs over damaged images: 2,000 pairs, or 10,000 with PATINA_LONG=1 in the environment.
add_test(NAME fuzz_mutated
         COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/check_mutated.py
                 $<TARGET_FILE:patina_cli> ${PROJECT_SOURCE_DIR}/data/sample
                 ${CMAKE_CURRENT_SOURCE_DIR}/data_images.h ${CMAKE_CURRENT_BINARY_DIR}/mutated
                 ${cases}/decode)
set_tests_properties(fuzz_mutated PROPERTIES LABELS fuzz TIMEOUT 3600
                                             FIXTURES_REQUIRED decode_cases)
