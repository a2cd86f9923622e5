package org.rackweave.protocol.message;

import java.util.regex.Pattern;

/**
 * One row of a ledger's audit table. Each row's hash covers the row and the hash before it.
 *
 * @param number 1 for the first row, then without a gap
 * @param atEpochMillis by the node's wall clock, advisory
 * @param actor who caused it: the name and id of a peer, or {@code daemon}; at most 128 characters
 * @param action a dotted word such as {@code lease.commit}; at most 48 characters
 * @param subject what it is about; at most 128 characters
 * @param detail as JSON text; at most 1024 characters
 * @param hash SHA-256 in 64 lower-case hexadecimal digits
 */
public record AuditRow(
        long number, long atEpochMillis, String actor, String action, String subject, String detail, String hash) {
    public static final int MAX_ACTOR_CHARS = 128;
    public static final int MAX_ACTION_CHARS = 48;
    public static final int MAX_SUBJECT_CHARS = 128;
    public static final int MAX_DETAIL_CHARS = 1024;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public AuditRow {
        if (number < 1
                || actor.length() > MAX_ACTOR_CHARS
                || action.length() > MAX_ACTION_CHARS
                || subject.length() > MAX_SUBJECT_CHARS
                || detail.length() > MAX_DETAIL_CHARS
                || !HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("audit row out of limits: " + number);
        }
    }
}
