package org.rackweave.crypto;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * The Ed25519 key that this process signs datagrams with, made at start, held in memory only, with the node's delegation.
 *
 * <p>It also keeps the last sequence that was used with it: the nonce of a sealed datagram follows from key and sequence, so
 * a sequence that came twice would break the seal. To use one twice is a bug of ours and stops the caller.
 */
public final class BootKey {
    static final long MAX_EPOCH = 0xFFFF_FFFFL;

    private final Ed25519PrivateKeyParameters key;
    private final Delegation delegation;
    private final byte[] delegationBytes;
    private final AtomicLong lastSequence;

    BootKey(Ed25519PrivateKeyParameters key, Delegation delegation, byte[] delegationBytes, AtomicLong lastSequence) {
        this.key = key;
        this.delegation = delegation;
        this.delegationBytes = delegationBytes;
        this.lastSequence = lastSequence;
    }

    /** Makes a key for the boot {@code bootEpoch}, which {@link BootEpochFile#next} gave. */
    public static BootKey generate(Identity identity, long bootEpoch, Instant now, SecureRandom random) {
        requireEpoch(bootEpoch);
        return delegate(identity, new Ed25519PrivateKeyParameters(random), bootEpoch, now, random, new AtomicLong(-1));
    }

    /** The same key, boot and sequence with a fresh delegation; due well before the old one ends. */
    public BootKey renewed(Identity identity, Instant now, SecureRandom random) {
        return delegate(identity, key, delegation.bootEpoch(), now, random, lastSequence);
    }

    /** What the node says of this key. */
    public Delegation delegation() {
        return delegation;
    }

    /** The signed delegation, to be sent to whoever does not have it. */
    public byte[] delegationBytes() {
        return delegationBytes.clone();
    }

    byte[] sign(byte[] externalAad, byte[] payload) {
        return CoseSign1.sign(key, externalAad, payload);
    }

    /** Marks {@code sequence} as used. */
    void claim(long sequence) {
        long previous = lastSequence.getAndAccumulate(sequence, Math::max);
        if (sequence <= previous) {
            throw new IllegalStateException(
                    "sequence " + sequence + " comes after " + previous + ": a sequence seals one datagram, in order");
        }
    }

    static void requireEpoch(long bootEpoch) {
        if (bootEpoch < 0 || bootEpoch > MAX_EPOCH) {
            throw new IllegalArgumentException("a boot epoch is 0 to 4294967295, not " + bootEpoch);
        }
    }

    private static BootKey delegate(
            Identity identity,
            Ed25519PrivateKeyParameters key,
            long bootEpoch,
            Instant now,
            SecureRandom random,
            AtomicLong lastSequence) {
        Instant issuedAt = now.isBefore(Instant.EPOCH) ? Instant.EPOCH : now.truncatedTo(ChronoUnit.SECONDS);
        Delegation delegation = new Delegation(
                identity.trust().rackId(),
                identity.principal().id(),
                bootEpoch,
                new BootPublicKey(key.generatePublicKey()),
                issuedAt,
                issuedAt.plus(Delegation.MAX_LIFETIME));
        return new BootKey(key, delegation, delegation.sign(identity.privateKey(), random), lastSequence);
    }
}
