;; Inflates blocks of snappy inside a memory that is given to it: bytes in at 0, bytes out at OUT.
;; Copies go by 16 bytes and may write up to 15 bytes more than asked: what is written next writes over them, and
;; behind the end of the output there is a page for them.
(module
  ;; At least 4 MiB in, 8 MiB out, one page (64 KiB) to spare; machine.ts knows the same numbers.
  (import "env" "memory" (memory 193))
  (global $OUT i32 (i32.const 0x400000))

  ;; Inflates the block in [0, $stop) to what must be exactly $length bytes. The caller has read the length at its
  ;; beginning, and knows that both fit. Returns 1, or 0 for a block that is corrupt.
  (func (export "inflate") (param $stop i32) (param $length i32) (result i32)
    (local $at i32) (local $to i32) (local $end i32) (local $tag i32) (local $count i32) (local $bits i32)
    (local $offset i32) (local $from i32) (local $next i32)
    (local.set $to (global.get $OUT))
    (local.set $end (i32.add (global.get $OUT) (local.get $length)))

    ;; Pass the length: bytes with the top bit set, and one without.
    (loop $varint
      (local.set $tag (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $varint (i32.ge_u (local.get $tag) (i32.const 0x80))))

    (block $corrupt
      (loop $element
        (if (i32.ge_u (local.get $at) (local.get $stop))
          (then (return (i32.eq (local.get $to) (local.get $end)))))
        (local.set $tag (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))

        (if (i32.eqz (i32.and (local.get $tag) (i32.const 3)))
          (then
            ;; A literal. $count is one less than its length, so that no length wraps around.
            (local.set $count (i32.shr_u (local.get $tag) (i32.const 2)))
            (if (i32.ge_u (local.get $count) (i32.const 60))
              (then
                ;; The length follows, in one to four bytes. As the native decoder, we want four to be there.
                (br_if $corrupt (i32.lt_u (i32.sub (local.get $stop) (local.get $at)) (i32.const 4)))
                (local.set $bits (i32.shl (i32.sub (local.get $count) (i32.const 59)) (i32.const 3)))
                (local.set $count
                  (i32.and
                    (i32.load (local.get $at))
                    (i32.shr_u (i32.const -1) (i32.sub (i32.const 32) (local.get $bits)))))
                (local.set $at (i32.add (local.get $at) (i32.shr_u (local.get $bits) (i32.const 3))))))
            (br_if $corrupt (i32.ge_u (local.get $count) (i32.sub (local.get $stop) (local.get $at))))
            (br_if $corrupt (i32.ge_u (local.get $count) (i32.sub (local.get $end) (local.get $to))))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $from (local.get $at))
            (local.set $at (i32.add (local.get $at) (local.get $count))))
          (else
            ;; A copy of what was written $offset bytes ago: the kind says how many bytes its offset has.
            (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 1))
              (then
                (br_if $corrupt (i32.ge_u (local.get $at) (local.get $stop)))
                (local.set $count
                  (i32.add (i32.and (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 7)) (i32.const 4)))
                (local.set $offset
                  (i32.or
                    (i32.shl (i32.shr_u (local.get $tag) (i32.const 5)) (i32.const 8))
                    (i32.load8_u (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 1))))
              (else
                (local.set $count (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
                (if (i32.eq (i32.and (local.get $tag) (i32.const 3)) (i32.const 2))
                  (then
                    (br_if $corrupt (i32.lt_u (i32.sub (local.get $stop) (local.get $at)) (i32.const 2)))
                    (local.set $offset (i32.load16_u (local.get $at)))
                    (local.set $at (i32.add (local.get $at) (i32.const 2))))
                  (else
                    (br_if $corrupt (i32.lt_u (i32.sub (local.get $stop) (local.get $at)) (i32.const 4)))
                    (local.set $offset (i32.load (local.get $at)))
                    (local.set $at (i32.add (local.get $at) (i32.const 4)))))))
            (br_if $corrupt (i32.eqz (local.get $offset)))
            (br_if $corrupt (i32.gt_u (local.get $offset) (i32.sub (local.get $to) (global.get $OUT))))
            (br_if $corrupt (i32.gt_u (local.get $count) (i32.sub (local.get $end) (local.get $to))))
            (local.set $from (i32.sub (local.get $to) (local.get $offset)))))

        (local.set $next (i32.add (local.get $to) (local.get $count)))
        (if (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (i32.const 16))
          (then
            (loop $words
              (v128.store (local.get $to) (v128.load (local.get $from)))
              (local.set $from (i32.add (local.get $from) (i32.const 16)))
              (local.set $to (i32.add (local.get $to) (i32.const 16)))
              (br_if $words (i32.lt_u (local.get $to) (local.get $next)))))
          (else
            ;; What is copied is written while it is copied: it repeats.
            (loop $bytes
              (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
              (local.set $from (i32.add (local.get $from) (i32.const 1)))
              (local.set $to (i32.add (local.get $to) (i32.const 1)))
              (br_if $bytes (i32.lt_u (local.get $to) (local.get $next))))))
        (local.set $to (local.get $next))
        (br $element)))
    (i32.const 0)))
