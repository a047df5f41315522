/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the compiled Chinese messages into the program: no file to miss at night. */
    .section .rodata
    .balign 8
    .global tushu_messages_zh
    .global tushu_messages_zh_end
tushu_messages_zh:
    .incbin "tushu.zh.mo"
tushu_messages_zh_end:
    .byte 0
    .section .note.GNU-stack, "", @progbits
