package org.rackweave.sim.lab.adversary;

/** What an outsider can make of a captured datagram: the member's name stays, the content does not. */
final class Forgery {
    private Forgery() {}

    /** Header and length are kept, so that it is taken for a datagram of that member until its seal is checked. */
    static byte[] of(byte[] captured) {
        byte[] forged = captured.clone();
        // The header takes the first hundred bytes at most and the seal the last sixteen; the middle is sealed content.
        int middle = forged.length * 3 / 4;
        forged[middle] ^= (byte) 0xFF;
        return forged;
    }
}
