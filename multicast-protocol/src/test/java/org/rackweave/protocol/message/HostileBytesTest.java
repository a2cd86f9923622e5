package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A peer's bytes become a value or a reason; they never throw. */
class HostileBytesTest {
    private static final long SEED = 20_261_101;
    private static final int ROUNDS = 100_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private int accepted;

    private void decodeAsAnything(byte[] bytes) {
        Route route = List.of(Route.values()).get(random.nextInt(Route.values().length));
        String name = random.nextBoolean() ? Samples.LEASE.toString() : noise(40);
        List<String> query = random.nextInt(4) == 0 ? List.of(noise(10)) : List.of();
        count(CommandCodec.decode(route, name, query, bytes));
        count(AnswerCodec.decode(bytes, RefusalCode.INVALID));
    }

    private <T> void count(Decoded<T> decoded) {
        accepted += decoded.fold(value -> 1, reason -> {
            assertThat(reason).isNotEmpty();
            return 0;
        });
    }

    private String noise(int most) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "after=" : "kind=");
        for (int i = random.nextInt(most); i > 0; i--) {
            text.append((char) random.nextInt(0x250));
        }
        return text.toString();
    }

    private static List<byte[]> goldens() {
        List<byte[]> all = new ArrayList<>();
        Samples.commands()
                .forEach(command -> all.add(CommandCodec.encode(command).body()));
        Samples.answers().forEach(answer -> all.add(AnswerCodec.encode(answer)));
        return all;
    }

    @Test
    void random_bytes() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            decodeAsAnything(bytes);
        }
    }

    @Test
    void goldens_with_up_to_four_bits_flipped() {
        List<byte[]> goldens = goldens();
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = goldens.get(random.nextInt(goldens.size())).clone();
            for (int flips = random.nextInt(4); flips >= 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            decodeAsAnything(bytes);
        }
        assertThat(accepted).as("some flips change a value, not its form").isPositive();
    }

    @Test
    void goldens_cut_at_every_byte_are_refused() {
        for (Answer answer : Samples.answers()) {
            byte[] bytes = AnswerCodec.encode(answer);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(AnswerCodec.decode(Arrays.copyOf(bytes, length), RefusalCode.INVALID))
                        .isInstanceOf(Decoded.Rejected.class);
            }
            assertThat(AnswerCodec.decode(Arrays.copyOf(bytes, bytes.length + 1), RefusalCode.INVALID))
                    .isInstanceOf(Decoded.Rejected.class);
        }
    }

    @Test
    void every_byte_of_every_golden_replaced_by_every_other() {
        for (byte[] golden : goldens()) {
            for (int at = 0; at < golden.length; at++) {
                byte[] bytes = golden.clone();
                for (int value = 0; value < 256; value++) {
                    bytes[at] = (byte) value;
                    count(AnswerCodec.decode(bytes, RefusalCode.INVALID));
                }
            }
        }
    }

    @Test
    void bombs_are_refused_before_they_cost_memory() {
        byte[] deep = new byte[60_000];
        Arrays.fill(deep, (byte) 0x81);
        byte[] manyEmptyLists = new byte[65_536];
        Arrays.fill(manyEmptyLists, (byte) 0x80);
        manyEmptyLists[0] = (byte) 0x99;
        manyEmptyLists[1] = (byte) 0xff;
        manyEmptyLists[2] = (byte) 0xfd;

        assertThat(AnswerCodec.decode(deep, RefusalCode.INVALID))
                .isEqualTo(new Decoded.Rejected<>("more than 8 levels at byte 8"));
        assertThat(AnswerCodec.decode(manyEmptyLists, RefusalCode.INVALID))
                .isEqualTo(new Decoded.Rejected<>("more than 32768 items"));
        assertThat(AnswerCodec.decode(new byte[70_000], RefusalCode.INVALID))
                .isEqualTo(new Decoded.Rejected<>("answer: longer than 65536 bytes"));
        assertThat(CommandCodec.decode(Route.BORROW, "", List.of(), new byte[5000]))
                .isEqualTo(new Decoded.Rejected<>("body: longer than 4096 bytes"));
    }
}
