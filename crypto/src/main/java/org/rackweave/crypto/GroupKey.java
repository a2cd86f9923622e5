package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key that the members of a rack share in one group epoch. Having it proves membership, never who sent something.
 *
 * <p>The file {@code group.key} is text of exactly these three lines, each ended by a line feed:
 *
 * <pre>
 * rackweave-group-key 1
 * number 7
 * key 00112233…  (64 lower-case hexadecimal digits)
 * </pre>
 */
public final class GroupKey {
    /** How long the key is. */
    public static final int KEY_BYTES = 32;

    /** The number of the key that is made with the rack. */
    public static final long FIRST_NUMBER = 1;

    /** The highest: a number has 32 bits. */
    public static final long LAST_NUMBER = GroupEpochId.MAX_NUMBER;

    private static final byte[] ID_SALT = "rackweave/1 group epoch id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SENDER_SALT = "rackweave/1 datagram".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern FILE =
            Pattern.compile("rackweave-group-key 1\nnumber (0|[1-9][0-9]{0,9})\nkey ([0-9a-f]{64})\n");

    private final GroupEpochId id;
    private final byte[] key;
    private final byte[] senderSecret;

    private GroupKey(long number, byte[] key) {
        this.key = key;
        this.senderSecret = Hkdf.extract(key, SENDER_SALT);
        this.id = new GroupEpochId(number, hash(number, key));
    }

    /** The key with this number and these {@value #KEY_BYTES} bytes. */
    public static GroupKey of(long number, byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a group key has " + KEY_BYTES + " bytes, not " + key.length);
        }
        return new GroupKey(number, key.clone());
    }

    /** A fresh key. */
    public static GroupKey generate(long number, SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new GroupKey(number, key);
    }

    /** Reads {@code group.key} of an identity's directory, after the same checks of permissions as {@link Identity#load}. */
    public static GroupKey load(Path directory) throws IdentityException {
        return load(SecretDirectory.open(directory));
    }

    static GroupKey load(SecretDirectory directory) throws IdentityException {
        byte[] text = directory.read(IdentityFiles.GROUP_KEY, SecretDirectory.Secrecy.SECRET);
        return parse(new String(text, StandardCharsets.US_ASCII))
                .orElseThrow(() -> IdentityFiles.malformed(
                        directory.file(IdentityFiles.GROUP_KEY), "is not a group key of format 1"));
    }

    static Optional<GroupKey> parse(String text) {
        Matcher matcher = FILE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        byte[] key = HexFormat.of().parseHex(matcher.group(2));
        return number > GroupEpochId.MAX_NUMBER ? Optional.empty() : Optional.of(new GroupKey(number, key));
    }

    /** Which key this is; safe to show and to send. */
    public GroupEpochId id() {
        return id;
    }

    /** The key itself: for a peer that proved to be a member, and for this node's own disk. Never for a log or an answer to people. */
    public byte[] bytes() {
        return key.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupKey that && id.equals(that.id) && MessageDigest.isEqual(key, that.key);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    SecretDirectory.NewFile file() {
        String text = "rackweave-group-key 1\nnumber " + id.number() + "\nkey "
                + HexFormat.of().formatHex(key) + "\n";
        return new SecretDirectory.NewFile(IdentityFiles.GROUP_KEY, SecretDirectory.Secrecy.SECRET, text);
    }

    /** The key material of one sender, whom {@code info} names. */
    byte[] deriveForSender(byte[] info, int lengthBytes) {
        return Hkdf.expand(senderSecret, info, lengthBytes);
    }

    /** Names the key; never shows it. */
    @Override
    public String toString() {
        return "group key " + id;
    }

    private static long hash(long number, byte[] key) {
        byte[] info = ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array();
        return ByteBuffer.wrap(Hkdf.expand(Hkdf.extract(key, ID_SALT), info, Long.BYTES))
                .getLong();
    }
}
