package org.rackweave.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A group key that a member made, with what decides which of two is the newer one.
 *
 * <p>A node keeps those that it has in a file of these lines, each ended by a line feed: first the key that it seals with,
 * then those that it will seal with, the older before the newer.
 *
 * <pre>
 * rackweave-group-keys 1
 * 3 8 00112233… 0123456789abcdef0123456789abcdef 1793448000000
 * │ │ │         │                                └ made at, ms since 1970, by the maker's clock
 * │ │ │         └ the maker's id
 * │ │ └ key, 64 lower-case hexadecimal digits
 * │ └ number
 * └ list of revocations
 * </pre>
 *
 * @param key secret, as in {@link GroupKey}
 * @param revocations the number of the list of revocations that it was made under
 * @param maker who says to have made it: the rack's root for the first; nothing is decided by it
 * @param madeAtMillis by the maker's clock, advisory; 0 when nobody knows
 */
public record MadeKey(GroupKey key, long revocations, NodeId maker, long madeAtMillis) implements Comparable<MadeKey> {
    /** The file in a daemon's state directory. */
    public static final String FILE = "group.keys";

    /** Keys that one node has at a time: the one in use, the next, and those of as many parts as a rack may have fallen into. */
    public static final int MAX_KEYS = 8;

    private static final Pattern HEAD = Pattern.compile("rackweave-group-keys 1\nrack ([0-9a-f]{32})\n");
    private static final Pattern LINE = Pattern.compile(
            "(0|[1-9][0-9]{0,18}) ([1-9][0-9]{0,9}) ([0-9a-f]{64}) ([0-9a-f]{32}) (0|[1-9][0-9]{0,18})");

    public MadeKey {
        Objects.requireNonNull(key);
        Objects.requireNonNull(maker);
        if (revocations < 0 || madeAtMillis < 0 || key.id().number() < GroupKey.FIRST_NUMBER) {
            throw new IllegalArgumentException("a group key counts from 1, and no list or time is negative");
        }
    }

    /** The key that came with an identity: the rack's first. */
    public static MadeKey first(GroupKey key, RackId rack) {
        return new MadeKey(key, 0, new NodeId(rack.high(), rack.low()), 0);
    }

    /** As it is announced. */
    public KeyMark mark() {
        return new KeyMark(revocations, key.id().number(), key.id().hash());
    }

    @Override
    public int compareTo(MadeKey other) {
        return mark().compareTo(other.mark());
    }

    /**
     * What a node of this rack kept.
     *
     * @return empty when there is no such file, or it is of a rack that this node was of before
     * @throws IdentityException when it is damaged, cannot be read, or others can read it
     */
    public static Optional<List<MadeKey>> load(Path file, RackId rack) throws IdentityException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(SecretDirectory.readSecret(file), StandardCharsets.US_ASCII);
        Matcher head = HEAD.matcher(text);
        Optional<List<MadeKey>> keys = head.lookingAt() ? parse(text.substring(head.end())) : Optional.empty();
        if (keys.isEmpty()) {
            throw new IdentityException(
                    IdentityException.Reason.MALFORMED,
                    file,
                    "is not a file of group keys of format 1",
                    "remove it: the node begins with the key of its identity, and its neighbours give it the newest");
        }
        return keys.filter(kept -> RackId.parse(head.group(1)).equals(rack));
    }

    /** Puts keys of a rack into a file that nobody else can read, and returns when it is on the disk. */
    public static void store(Path file, RackId rack, List<MadeKey> keys) throws IOException {
        StringBuilder text = new StringBuilder("rackweave-group-keys 1\nrack " + rack + "\n");
        for (MadeKey each : keys) {
            text.append(each.revocations)
                    .append(' ')
                    .append(each.key.id().number())
                    .append(' ')
                    .append(HexFormat.of().formatHex(each.key.bytes()))
                    .append(' ')
                    .append(each.maker)
                    .append(' ')
                    .append(each.madeAtMillis)
                    .append('\n');
        }
        SecretDirectory.replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<List<MadeKey>> parse(String text) {
        if (!text.endsWith("\n")) {
            return Optional.empty();
        }
        List<MadeKey> keys = new ArrayList<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches() || keys.size() == MAX_KEYS) {
                return Optional.empty();
            }
            Optional<MadeKey> key = key(matcher);
            if (key.isEmpty()) {
                return Optional.empty();
            }
            keys.add(key.get());
        }
        return keys.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(keys));
    }

    private static Optional<MadeKey> key(Matcher line) {
        try {
            long number = Long.parseLong(line.group(2));
            return number > GroupEpochId.MAX_NUMBER
                    ? Optional.empty()
                    : Optional.of(new MadeKey(
                            GroupKey.of(number, HexFormat.of().parseHex(line.group(3))),
                            Long.parseLong(line.group(1)),
                            NodeId.parse(line.group(4)),
                            Long.parseLong(line.group(5))));
        } catch (NumberFormatException beyondAnyCount) {
            return Optional.empty();
        }
    }
}
