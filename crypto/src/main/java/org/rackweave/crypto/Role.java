package org.rackweave.crypto;

import java.util.Arrays;
import java.util.Optional;

/** What a certificate allows its holder to be; the word stands in the certificate as {@code urn:rackweave:role:<word>}. */
public enum Role {
    /** A daemon that owns, lends and borrows. */
    NODE("node"),
    /** The program on a node's server that brings borrowed resources on line; its certificate names that node. */
    HOST_AGENT("host-agent"),
    /** A person or a person's tool that may order: revoke, force, end a quarantine, change policy. */
    OPERATOR("operator"),
    /** A person or a tool that may look at everything and change nothing. */
    AUDITOR("auditor");

    private final String word;

    Role(String word) {
        this.word = word;
    }

    /** The word used in certificates, on the wire and on the command line. */
    public String word() {
        return word;
    }

    /** The role that {@code word} names, if it names one. */
    public static Optional<Role> ofWord(String word) {
        return Arrays.stream(values()).filter(role -> role.word.equals(word)).findFirst();
    }
}
