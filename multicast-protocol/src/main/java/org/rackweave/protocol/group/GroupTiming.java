package org.rackweave.protocol.group;

/**
 * When group keys follow one another. All times are in milliseconds.
 *
 * @param periodMillis how old a key gets before the next one is made
 * @param spreadMillis how long a newer key is known before it is used also where not every neighbour has it
 * @param previousMillis how long seals under an older key are believed once a newer one is used: longer than {@code
 *     spreadMillis}, so that whoever learned of the new key last is heard until it uses it
 * @param turnMillis how long each node waits for the one before it, in the order of their ids, to make a key that is due
 * @param quietMillis how long a node that has just started makes none: until then it hears which key the rack has
 * @param askGapMillis between two questions to one neighbour, or because of datagrams that prove nothing
 * @param maxAskGapMillis what the gap grows to for a neighbour whose answers lead to nothing, doubling
 * @param askTimeoutMillis after which a question is taken for unanswered
 */
public record GroupTiming(
        long periodMillis,
        long spreadMillis,
        long previousMillis,
        long turnMillis,
        long quietMillis,
        long askGapMillis,
        long maxAskGapMillis,
        long askTimeoutMillis) {
    /** A day; what PROTOCOL.md says for the rest. */
    public static final GroupTiming STANDARD = withPeriod(24 * 3_600_000L);

    public GroupTiming {
        if (periodMillis < 1
                || spreadMillis < 1
                || previousMillis <= spreadMillis
                || turnMillis < 1
                || quietMillis < 0
                || askGapMillis < 1
                || maxAskGapMillis < askGapMillis
                || askTimeoutMillis < 1) {
            throw new IllegalArgumentException(
                    "a time is not positive, or the previous key is believed for no longer than a new one spreads");
        }
    }

    /** The usual times, and this one between two keys. */
    public static GroupTiming withPeriod(long periodMillis) {
        return new GroupTiming(periodMillis, 30_000, 60_000, 30_000, 30_000, 1_000, 60_000, 10_000);
    }
}
