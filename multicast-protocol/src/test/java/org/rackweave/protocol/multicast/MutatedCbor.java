package org.rackweave.protocol.multicast;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** One deterministic CBOR value, changed in one place: in its bytes, in its form, or in what it says. */
final class MutatedCbor {
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int SIMPLE = 7;

    /** What stands in the place of another value: the ends of ranges, other types, and what CBOR knows and we do not. */
    private static final List<String> VALUES = List.of(
            "00",
            "01",
            "02",
            "03",
            "07",
            "08",
            "09",
            "0a",
            "18ff",
            "1901f4",
            "19ea60",
            "1a7fffffff",
            "1a80000000",
            "1affffffff",
            "1b0000000100000000",
            "1b0004000000000000",
            "1b0004000000000001",
            "1b7fffffffffffffff",
            "1b8000000000000000",
            "20",
            "3818",
            "3b7fffffffffffffff",
            "3b8000000000000000",
            "40",
            "4100",
            "5000112233445566778899aabbccddeeff",
            "60",
            "6161",
            "6141",
            "61ff",
            "63e282ac",
            "64f09f9880",
            "7820" + "61".repeat(32),
            "7821" + "61".repeat(33),
            "7840" + "61".repeat(64),
            "7841" + "61".repeat(65),
            "80",
            "8101",
            "818101",
            "81818101",
            "8181818101",
            "818181818181818181",
            "a0",
            "a10001",
            "a101a101a10101",
            "f4",
            "f5",
            "f6",
            "f7",
            "f93c00",
            "fb3ff0000000000000",
            "c001",
            "d8640a",
            "ff",
            "1c");

    private final byte[] golden;
    private final SplittableRandom random;
    private final List<Place> places = new ArrayList<>();

    /** Where an item is: its head and, for a map, where each of its pairs begins and the last ends. */
    private record Place(int at, int headEnd, int end, int major, long argument, List<Integer> pairs) {}

    private MutatedCbor(byte[] golden, SplittableRandom random) {
        this.golden = golden;
        this.random = random;
        if (golden.length > 0) {
            walk(0);
        }
    }

    /** So many changed copies of {@code golden}. */
    static List<byte[]> of(byte[] golden, int count, SplittableRandom random) {
        MutatedCbor mutated = new MutatedCbor(golden, random);
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(mutated.next());
        }
        return all;
    }

    private byte[] next() {
        if (golden.length == 0) {
            return HexFormat.of().parseHex(VALUES.get(random.nextInt(VALUES.size())));
        }
        Place place = places.get(random.nextInt(places.size()));
        return switch (random.nextInt(10)) {
            case 0 -> flipped();
            case 1 -> Arrays.copyOf(golden, random.nextInt(golden.length));
            case 2 -> Arrays.copyOf(golden, golden.length + 1);
            case 3 -> replaced(place.at, place.headEnd, longerHead(place));
            case 4 -> indefinite(place);
            case 5, 6 -> withPairs(map());
            default ->
                replaced(place.at, place.end, HexFormat.of().parseHex(VALUES.get(random.nextInt(VALUES.size()))));
        };
    }

    private byte[] flipped() {
        byte[] bytes = golden.clone();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    /** The same number in more bytes than it needs, or, where it has all eight, in fewer. */
    private byte[] longerHead(Place place) {
        int width = 1 << random.nextInt(4);
        byte[] argument =
                ByteBuffer.allocate(Long.BYTES).putLong(place.argument).array();
        byte[] head = new byte[1 + width];
        head[0] = (byte) (place.major << 5 | 24 + Integer.numberOfTrailingZeros(width));
        System.arraycopy(argument, Long.BYTES - width, head, 1, width);
        return head;
    }

    private byte[] indefinite(Place place) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(golden, 0, place.at);
        out.write(place.major << 5 | 31);
        out.write(golden, place.headEnd, place.end - place.headEnd);
        out.write(0xff);
        out.write(golden, place.end, golden.length - place.end);
        return out.toByteArray();
    }

    private Place map() {
        List<Place> maps = places.stream().filter(each -> each.pairs.size() > 1).toList();
        return maps.isEmpty() ? places.get(0) : maps.get(random.nextInt(maps.size()));
    }

    /** One pair twice, away, in another's place, or one more: a key of later versions, a hint. */
    private byte[] withPairs(Place map) {
        List<byte[]> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < map.pairs.size(); i++) {
            pairs.add(Arrays.copyOfRange(golden, map.pairs.get(i), map.pairs.get(i + 1)));
        }
        int one = random.nextInt(Math.max(1, pairs.size()));
        String value = VALUES.get(random.nextInt(VALUES.size()));
        switch (random.nextInt(6)) {
            case 0 -> pairs.add(one, pairs.isEmpty() ? new byte[] {1, 1} : pairs.get(one));
            case 1 -> pairs.subList(0, Math.min(1, pairs.size())).clear();
            case 2 -> pairs.subList(Math.max(0, pairs.size() - 1), pairs.size()).clear();
            case 3 -> pairs.add(pairs.isEmpty() ? new byte[] {1, 1} : pairs.remove(one));
            case 4 -> pairs.add(HexFormat.of().parseHex("1903e8" + value));
            default -> pairs.add(HexFormat.of().parseHex("3903e8" + value));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(pairs.size() < 24 ? new byte[] {(byte) (0xa0 | pairs.size())} : new byte[] {(byte) 0xb8, 24});
        pairs.forEach(out::writeBytes);
        return replaced(map.at, map.end, out.toByteArray());
    }

    private byte[] replaced(int from, int to, byte[] with) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(golden, 0, from);
        out.writeBytes(with);
        out.write(golden, to, golden.length - to);
        return out.toByteArray();
    }

    /** Notes the item at {@code at} and all inside it; answers where it ends. */
    private int walk(int at) {
        int major = (golden[at] & 0xff) >>> 5;
        int info = golden[at] & 31;
        int width = info < 24 || major == SIMPLE ? 0 : 1 << (info - 24);
        long argument = width == 0 ? info : 0;
        for (int i = 1; i <= width; i++) {
            argument = argument << 8 | (golden[at + i] & 0xff);
        }
        int headEnd = at + 1 + width;
        int end = headEnd;
        List<Integer> pairs = new ArrayList<>();
        if (major == 2 || major == 3) {
            end += (int) argument;
        } else if (major == ARRAY) {
            for (int i = 0; i < argument; i++) {
                end = walk(end);
            }
        } else if (major == MAP) {
            for (int i = 0; i < argument; i++) {
                pairs.add(end);
                end = walk(walk(end));
            }
            pairs.add(end);
        }
        places.add(new Place(at, headEnd, end, major, argument, List.copyOf(pairs)));
        return end;
    }
}
