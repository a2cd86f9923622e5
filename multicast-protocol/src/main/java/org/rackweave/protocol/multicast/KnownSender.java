package org.rackweave.protocol.multicast;

import java.util.Arrays;
import org.rackweave.crypto.BootPublicKey;
import org.rackweave.crypto.Introduction;
import org.rackweave.crypto.OuterFrame;

/** A neighbour's boot key, believed because its hello was checked, and the newest sequence that it signed. */
final class KnownSender {
    private final String name;
    private final long bootEpoch;
    private final BootPublicKey key;
    private byte[] delegation;
    private long validUntilMillis;
    private long sequence;

    KnownSender(Introduction introduction, byte[] delegation, long validUntilMillis, long sequence) {
        this.name = introduction.principal().name();
        this.bootEpoch = introduction.delegation().bootEpoch();
        this.key = introduction.delegation().key();
        this.delegation = delegation;
        this.validUntilMillis = validUntilMillis;
        this.sequence = sequence;
    }

    String name() {
        return name;
    }

    long bootEpoch() {
        return bootEpoch;
    }

    BootPublicKey key() {
        return key;
    }

    boolean isOf(OuterFrame frame) {
        return frame.bootEpoch() == bootEpoch && frame.bootKeyId() == key.id();
    }

    boolean isExpired(long nowMillis) {
        return nowMillis > validUntilMillis;
    }

    boolean isRepeated(long heardSequence) {
        return heardSequence <= sequence;
    }

    void heard(long heardSequence) {
        sequence = Math.max(sequence, heardSequence);
    }

    boolean hasDelegation(byte[] bytes) {
        return Arrays.equals(delegation, bytes);
    }

    void renew(byte[] newDelegation, long newValidUntilMillis) {
        delegation = newDelegation;
        validUntilMillis = newValidUntilMillis;
    }
}
