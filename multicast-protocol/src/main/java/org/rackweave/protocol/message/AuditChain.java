package org.rackweave.protocol.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How the rows of an audit table are chained, so that none can be changed, removed from the middle or put in unseen. Written
 * here once for the ledger that chains and for whoever verifies:
 *
 * <pre>
 * hash = SHA-256( previous hash in hexadecimal LF number LF atEpochMillis LF actor LF action LF subject LF detail )
 * </pre>
 *
 * in UTF-8, numbers in decimal, {@link #START} before the first row. Only the detail, which comes last, may hold line feeds:
 * in another field one would let two different rows have the same hash.
 *
 * <p>What a chain cannot show is that rows are missing at its end: for that, its head must be known from elsewhere.
 */
public final class AuditChain {
    /** What stands for the hash before the first row. */
    public static final String START = "0".repeat(64);

    private AuditChain() {}

    /** The hash of a row. A line feed in a field that must not have one is an {@link IllegalArgumentException}. */
    public static String hash(
            String previousHash,
            long number,
            long atEpochMillis,
            String actor,
            String action,
            String subject,
            String detail) {
        if (hasLineFeed(actor) || hasLineFeed(action) || hasLineFeed(subject)) {
            throw new IllegalArgumentException("only the detail of an audit row may have line feeds: row " + number);
        }
        String covered = String.join(
                "\n",
                previousHash,
                Long.toString(number),
                Long.toString(atEpochMillis),
                actor,
                action,
                subject,
                detail);
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(covered.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether a row is one that follows, unchanged, after a row with the previous hash. */
    public static boolean holds(String previousHash, AuditRow row) {
        if (hasLineFeed(row.actor()) || hasLineFeed(row.action()) || hasLineFeed(row.subject())) {
            return false;
        }
        String expected = hash(
                previousHash,
                row.number(),
                row.atEpochMillis(),
                row.actor(),
                row.action(),
                row.subject(),
                row.detail());
        return expected.equals(row.hash());
    }

    private static boolean hasLineFeed(String field) {
        return field.indexOf('\n') >= 0;
    }
}
