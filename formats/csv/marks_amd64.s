#include "textflag.h"

// Two loads make a word: each is compared with the four bytes that mean something,
// and the highest bits of what is equal are the word's halves.
//
//	SI      next byte of the text
//	CX      words to do
//	DI, DX  next word of fields and others
//	Y0..Y3  delimiter, line break, quote, escape
//	Y4, Y5  the word's bytes

// OTHERS gathers in a register which bytes are a line break, a quote or an escape.
#define OTHERS(bytes, out) \
	VPCMPEQB  bytes, Y1, Y6; \
	VPCMPEQB  bytes, Y2, Y7; \
	VPCMPEQB  bytes, Y3, Y8; \
	VPOR      Y6, Y7, Y6; \
	VPOR      Y6, Y8, Y6; \
	VPMOVMSKB Y6, out

// func findWide(b *byte, words int, delim, line, quote, escape byte, fields, others *uint64)
TEXT ·findWide(SB), NOSPLIT, $0-40
	MOVQ         b+0(FP), SI
	MOVQ         words+8(FP), CX
	VPBROADCASTB delim+16(FP), Y0
	VPBROADCASTB line+17(FP), Y1
	VPBROADCASTB quote+18(FP), Y2
	VPBROADCASTB escape+19(FP), Y3
	MOVQ         fields+24(FP), DI
	MOVQ         others+32(FP), DX

next:
	VMOVDQU   (SI), Y4
	VMOVDQU   32(SI), Y5
	VPCMPEQB  Y4, Y0, Y6
	VPCMPEQB  Y5, Y0, Y7
	VPMOVMSKB Y6, AX
	VPMOVMSKB Y7, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, (DI)
	NOTQ      AX
	OTHERS(Y4, R8)
	OTHERS(Y5, R9)
	SHLQ      $32, R9
	ORQ       R9, R8
	ANDQ      AX, R8 // a delimiter is nothing else
	MOVQ      R8, (DX)
	ADDQ      $64, SI
	ADDQ      $8, DI
	ADDQ      $8, DX
	DECQ      CX
	JNZ       next
	VZEROUPPER
	RET
