#include "textflag.h"

// A decoder for what columns hold. Fixed-width numbers, eight bytes each, become
// pairs: a literal of one to four bytes, their low ones, and a copy of the rest from
// a number before. The usual loop, a branch on each tag, waits for itself twice in a
// pair: the next tag's place comes from this tag's length, and a copy from eight
// bytes before loads what two stores of different widths have just written. Here a
// pair is one step: both tags come from one load of eight bytes, the number is put
// together in a register from the literal and the number that the copy reaches back
// to, and the last number stays in a register. Other elements go one by one; what a
// copy's tag means is looked up (tags), since text mixes its kinds in no
// order that a branch predictor could learn. Stores go in 8 or 16 bytes, past an
// element's end: the next one overwrites that.
//
//	DI, SI   next byte of the output and of the input
//	R8       first byte of the output
//	R9, R10  last places of DI and SI at which an element may begin
//	R14      tags
//	AX       among pairs: the last eight bytes of the output
//	CX       tag
//	R12      its entry
//	R11      offset
//	R13      where a copy reads

// OFFSET makes the offset of the bytes after a tag, in R11, and the tag's entry.
#define OFFSET \
	MOVQ R12, R13; \
	SHRQ $32, R13; \
	ANDL R13, R11; \
	MOVL R12, R13; \
	SHRL $16, R13; \
	ORL  R13, R11

// func snappyRun(tags *[256]uint64, dst, src []byte, d, s int) (d2, s2 int)
TEXT ·snappyRun(SB), NOSPLIT, $0-88
	MOVQ dst_base+8(FP), R8
	MOVQ dst_len+16(FP), R9
	MOVQ src_base+32(FP), SI
	MOVQ src_len+40(FP), R10
	MOVQ d+56(FP), DI
	LEAQ -144(R8)(R9*1), R9  // runDst
	LEAQ -80(SI)(R10*1), R10 // runSrc
	ADDQ R8, DI
	ADDQ s+64(FP), SI
	MOVQ tags+0(FP), R14

	PCALIGN $32
next:
	CMPQ    DI, R9
	JA      done
	CMPQ    SI, R10
	JA      done
	MOVBLZX (SI), CX
	TESTL   $3, CX
	JNZ     copy
	TESTL   $0xf3, CX
	JNZ     literal
	MOVQ    -8(DI), AX

	// A literal of at most four bytes, perhaps with a copy that makes them eight.
	PCALIGN $32
pair:
	CMPQ    DI, R9
	JA      done
	CMPQ    SI, R10
	JA      done
	MOVQ    (SI), BX
	MOVBLZX BX, CX
	TESTL   $0xf3, CX
	JNZ     unpaired
	LEAL    8(CX*2), CX       // the literal's bits
	SHRQ    $8, BX            // the literal, and what follows
	MOVQ    BX, R11
	SHRQ    CX, R11           // the second tag, and what follows
	MOVBLZX R11, DX
	MOVQ    (R14)(DX*8), R12
	SHRQ    $8, R11           // its offset's bytes: there are two, whatever the literal
	OFFSET
	MOVBLZX R12, R13
	LEAL    (CX)(R13*8), R13
	CMPL    R13, $64
	JNE     short
	MOVQ    DI, R13
	SUBQ    R11, R13
	CMPQ    R13, R8
	JB      done
	ANDL    $3, DX            // the bytes of the second tag's offset
	SUBQ    $8, R11
	JB      short
	CMOVQEQ SI, R13           // from the last number: it is in AX, load anything
	MOVQ    (R13), R13
	CMOVQEQ AX, R13
	MOVQ    $-1, R12
	SHLQ    CX, R12
	SHRL    $3, CX
	ADDQ    CX, SI
	XORQ    BX, R13           // low bytes of BX, high bytes of R13
	ANDQ    R12, R13
	XORQ    BX, R13
	MOVQ    R13, AX
	MOVQ    AX, (DI)
	ADDQ    $8, DI
	LEAQ    2(SI)(DX*1), SI
	JMP     pair

short: // a literal of CX bits, without such a copy
	MOVQ    BX, (DI)
	SHRL    $3, CX
	ADDQ    CX, DI
	LEAQ    1(SI)(CX*1), SI
	MOVBLZX (SI), CX
	TESTL   $3, CX
	JNZ     copy
	JMP     next

unpaired:
	TESTL $3, CX
	JNZ   copy

literal:
	SHRL    $2, CX
	CMPL    CX, $16
	JAE     long
	MOVOU   1(SI), X0
	MOVOU   X0, (DI)
	LEAQ    1(DI)(CX*1), DI
	LEAQ    2(SI)(CX*1), SI
	MOVBLZX (SI), CX
	TESTL   $3, CX
	JNZ     copy
	JMP     next

long: // of 17 to 60 bytes
	CMPL    CX, $60
	JAE     done
	MOVOU   1(SI), X0
	MOVOU   X0, (DI)
	MOVOU   17(SI), X0
	MOVOU   X0, 16(DI)
	MOVOU   33(SI), X0
	MOVOU   X0, 32(DI)
	MOVOU   49(SI), X0
	MOVOU   X0, 48(DI)
	LEAQ    1(DI)(CX*1), DI
	LEAQ    2(SI)(CX*1), SI
	MOVBLZX (SI), CX
	TESTL   $3, CX
	JZ      next

copy:
	MOVQ    (R14)(CX*8), R12
	MOVL    1(SI), R11
	OFFSET
	MOVQ    DI, R13
	SUBQ    R11, R13
	CMPQ    R13, R8
	JB      done
	ANDL    $3, CX
	CMPL    CX, $3
	JEQ     done
	LEAQ    1(SI)(CX*1), SI
	MOVBLZX R12, R12
	CMPL    R11, $8
	JB      near
	CMPL    R12, $16
	JA      longer
	MOVQ    (R13), BX
	MOVQ    BX, (DI)
	MOVQ    8(R13), BX        // after the store, which it may read
	MOVQ    BX, 8(DI)
	ADDQ    R12, DI
	JMP     next

longer: // of 17 to 64 bytes
	MOVQ DI, DX
	ADDQ R12, DI
	CMPL R11, $16
	JB   eights

sixteens:
	MOVOU (R13), X0
	MOVOU X0, (DX)
	MOVOU 16(R13), X0
	MOVOU X0, 16(DX)
	ADDQ  $32, R13
	ADDQ  $32, DX
	CMPQ  DX, DI
	JB    sixteens
	JMP   next

eights: // to DX up to DI, from at least eight bytes before
	MOVQ (R13), BX
	MOVQ BX, (DX)
	ADDQ $8, R13
	ADDQ $8, DX
	CMPQ DX, DI
	JB   eights
	JMP  next

near: // an offset below eight: the pattern is doubled until it is that long
	TESTL R11, R11
	JZ    bad
	MOVQ  DI, DX
	ADDQ  R12, DI

double:
	MOVQ (R13), BX
	MOVQ BX, (DX)
	ADDQ R11, DX
	ADDL R11, R11
	CMPL R11, $8
	JB   double
	CMPQ DX, DI
	JB   eights
	JMP  next

bad:
	MOVQ src_base+32(FP), SI
	DECQ SI

done:
	SUBQ R8, DI
	SUBQ src_base+32(FP), SI
	MOVQ DI, d2+72(FP)
	MOVQ SI, s2+80(FP)
	RET
