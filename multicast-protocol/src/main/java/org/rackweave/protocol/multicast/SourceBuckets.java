package org.rackweave.protocol.multicast;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.rackweave.crypto.NodeId;

/**
 * One bucket for each pair of source address and sender. On both, because an insider may name a victim as the sender,
 * and may forge a source: with one of them alone it would use up the victim's tokens.
 *
 * <p>When the table is full, pairs that are not in it share one bucket until others have come to rest.
 */
final class SourceBuckets {
    private static final long SWEEP_GAP_MILLIS = 1_000;

    private record Source(InetAddress address, NodeId sender) {}

    private final Map<Source, TokenBucket> buckets = new HashMap<>();
    private final Rate rate;
    private final TokenBucket shared;
    private long sweepAllowedMillis;

    SourceBuckets(Rate rate, long nowMillis) {
        this.rate = rate;
        this.shared = new TokenBucket(rate, nowMillis);
        this.sweepAllowedMillis = nowMillis;
    }

    boolean take(InetAddress address, NodeId sender, long nowMillis) {
        Source source = new Source(address, sender);
        TokenBucket bucket = buckets.get(source);
        if (bucket == null) {
            makeRoom(nowMillis);
            if (buckets.size() >= ProtocolLimits.MAX_SOURCES) {
                return shared.take(nowMillis);
            }
            bucket = new TokenBucket(rate, nowMillis);
            buckets.put(source, bucket);
        }
        return bucket.take(nowMillis);
    }

    int size() {
        return buckets.size();
    }

    private void makeRoom(long nowMillis) {
        if (buckets.size() >= ProtocolLimits.MAX_SOURCES && nowMillis >= sweepAllowedMillis) {
            sweepAllowedMillis = nowMillis + SWEEP_GAP_MILLIS;
            buckets.values().removeIf(bucket -> bucket.isFull(nowMillis));
        }
    }
}
