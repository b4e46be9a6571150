#include "textflag.h"

// The three bytes are compared with 32 places of the text at once, two such blocks in a
// round; the last block ends with the text and may overlap the one before it, which
// had no match.
//
//	SI, DI   the text and the place in it
//	BX, CX   how far b and c are behind a
//	R8       the last block
//	Y0 to Y2 a, b and c, 32 times each

// func indexTriple2(s []byte, a, b, c byte, gapB, gapC int) int
TEXT ·indexTriple2(SB), NOSPLIT, $0-56
	MOVQ         s_base+0(FP), SI
	MOVQ         s_len+8(FP), DX
	MOVQ         gapB+32(FP), BX
	MOVQ         gapC+40(FP), CX
	VPBROADCASTB a+24(FP), Y0
	VPBROADCASTB b+25(FP), Y1
	VPBROADCASTB c+26(FP), Y2
	SUBQ         CX, DX
	LEAQ         -32(SI)(DX*1), R8
	LEAQ         -32(R8), R9
	MOVQ         SI, DI

	PCALIGN $32
round:
	CMPQ      DI, R9
	JAE       block
	VPCMPEQB  (DI), Y0, Y3
	VPCMPEQB  32(DI), Y0, Y4
	VPCMPEQB  (DI)(BX*1), Y1, Y5
	VPCMPEQB  32(DI)(BX*1), Y1, Y6
	VPAND     Y3, Y5, Y3
	VPAND     Y4, Y6, Y4
	VPCMPEQB  (DI)(CX*1), Y2, Y5
	VPCMPEQB  32(DI)(CX*1), Y2, Y6
	VPAND     Y3, Y5, Y3
	VPAND     Y4, Y6, Y4
	VPOR      Y3, Y4, Y5
	VPTEST    Y5, Y5
	JNZ       both
	ADDQ      $64, DI
	JMP       round

both:
	VPMOVMSKB Y3, AX
	TESTL     AX, AX
	JNZ       found
	VPMOVMSKB Y4, AX
	ADDQ      $32, DI
	JMP       found

block:
	CMPQ      DI, R8
	JB        one
	MOVQ      R8, DI // the last one

one:
	VPCMPEQB  (DI), Y0, Y3
	VPCMPEQB  (DI)(BX*1), Y1, Y5
	VPAND     Y3, Y5, Y3
	VPCMPEQB  (DI)(CX*1), Y2, Y5
	VPAND     Y3, Y5, Y3
	VPMOVMSKB Y3, AX
	TESTL     AX, AX
	JNZ       found
	ADDQ      $32, DI
	LEAQ      32(R8), R10
	CMPQ      DI, R10
	JNE       block
	VZEROUPPER
	MOVQ      $-1, ret+48(FP)
	RET

found:
	BSFL AX, AX
	SUBQ SI, DI
	ADDQ DI, AX
	VZEROUPPER
	MOVQ AX, ret+48(FP)
	RET
