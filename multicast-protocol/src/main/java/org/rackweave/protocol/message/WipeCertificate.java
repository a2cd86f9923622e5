package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.rackweave.crypto.WipeStatement;

/**
 * What the owner did to a slice before this grant, so that its borrower knows that nobody reads what was there, and that
 * nothing of the last borrower is left. There is one only when nothing was loaded any more after the wipe.
 *
 * @param method who wiped and how; {@code none-needed} for lanes and cores, which keep nothing; at most 64 characters
 * @param wipedBytes how far
 * @param verifiedBytes how much was read back and seen to be zero
 * @param epoch the epoch of the loan whose leavings were wiped; {@link Epoch#NONE} for a wipe before the first loan
 * @param proof the same and more, signed by the owner; empty for a wipe of a version that signed none, and in lists
 */
public record WipeCertificate(
        String method, long wipedBytes, long verifiedBytes, Epoch epoch, Optional<WipeProof> proof) {
    public static final int MAX_METHOD_CHARS = 64;

    public WipeCertificate {
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(proof);
        if (method.isEmpty() || method.length() > MAX_METHOD_CHARS || wipedBytes < 0 || verifiedBytes < 0) {
            throw new IllegalArgumentException("impossible wipe certificate");
        }
    }

    /** One that nobody signed. */
    public WipeCertificate(String method, long wipedBytes, long verifiedBytes, Epoch epoch) {
        this(method, wipedBytes, verifiedBytes, epoch, Optional.empty());
    }

    /** The same without its proof, which would make a list of leases several times as long. */
    public WipeCertificate inBrief() {
        return new WipeCertificate(method, wipedBytes, verifiedBytes, epoch);
    }

    /**
     * Why it is no proof that this slice was wiped before it was granted with this epoch; empty when it is one.
     *
     * @param opened what a proof says when its signature holds: {@link WipeProof#opened}
     */
    public Optional<String> fault(SliceId slice, Epoch granted, Function<WipeProof, Optional<WipeStatement>> opened) {
        if (proof.isEmpty()) {
            return Optional.of("it is not signed; its owner runs a version that signs none");
        }
        Optional<WipeStatement> signed = opened.apply(proof.get());
        if (signed.isEmpty()) {
            return Optional.of("it is forged: no owner signed it");
        }
        WipeStatement said = signed.get();
        if (!said.node().equals(slice.owner())) {
            return Optional.of("it is foreign: node " + said.node().brief() + " signed it");
        }
        if (!said.sliceKey().equals(slice.key())) {
            return Optional.of("it is foreign: its owner signed it for slice " + said.sliceKey());
        }
        if (!isWhatIsSaid(said)) {
            return Optional.of("it is forged: what is said of the wipe is not what was signed");
        }
        if (!epoch.isOlderThan(granted)) {
            return Optional.of("it is of epoch " + epoch.value() + ", which was not over before this grant with epoch "
                    + granted.value());
        }
        return Optional.empty();
    }

    private boolean isWhatIsSaid(WipeStatement said) {
        return said.method().equals(method)
                && said.wipedBytes() == wipedBytes
                && said.verifiedBytes() == verifiedBytes
                && said.epoch() == epoch.value();
    }
}
