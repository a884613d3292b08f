# kface_embed(TARGET symbol file): the bytes of `file` as
#   extern "C" const char symbol[]; extern "C" const unsigned long symbol_size;
# linked into TARGET by the assembler (no giant array for the compiler to chew).
function(kface_embed target symbol file)
  get_filename_component(absolute ${file} ABSOLUTE)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.c)
  file(WRITE ${source} "\
__asm__(\".section .rodata\\n.global ${symbol}\\n.balign 16\\n${symbol}:\\n.incbin \\\"${absolute}\\\"\\n\"
        \"1:\\n.byte 0\\n.balign 8\\n.global ${symbol}_size\\n${symbol}_size:\\n.quad 1b - ${symbol}\\n.previous\\n\");
")
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${absolute})
  target_sources(${target} PRIVATE ${source})
endfunction()
