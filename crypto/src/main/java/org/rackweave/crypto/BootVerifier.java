package org.rackweave.crypto;

/** Judges the signature inside a seal: the last of the three steps, and the only one that says who sent it. */
public final class BootVerifier {
    private BootVerifier() {}

    /**
     * The payload, if {@code key} signed it together with everything that the outside says.
     *
     * @param key the boot key that a delegation of the sender named for this boot epoch
     */
    public static Checked<byte[]> verify(SignedMessage signed, BootPublicKey key) {
        OuterHeader header = signed.header();
        if (header.bootKeyId() != key.id()) {
            return Checked.rejected(SealRejection.OTHER_BOOT_KEY);
        }
        return signed.message().verify(key, Binding.inner(signed.rack(), header))
                ? new Checked.Accepted<>(signed.message().unverifiedPayload())
                : Checked.rejected(SealRejection.BAD_SIGNATURE);
    }

    /**
     * The payload, unproved. Only to find in it the certificate and the delegation of a sender that is not known yet; once
     * {@link Introduction#check} named the key, {@link #verify} must follow before anything else is believed.
     */
    public static byte[] unverifiedPayload(SignedMessage signed) {
        return signed.message().unverifiedPayload();
    }
}
