package org.rackweave.crypto.cbor;

/** What is wrong with bytes that should be a message, each with its words. */
public enum CborFault {
    TRUNCATED("it ends before what it announces"),
    TRAILING_BYTES("bytes follow the end of the message"),
    NOT_ALLOWED("a tag, a float, null, another simple value or a reserved head"),
    INDEFINITE("an indefinite length"),
    NOT_SHORTEST("a head that is longer than needed"),
    TOO_LARGE("a number beyond 63 bits"),
    WRONG_TYPE("a value of another type than is expected there"),
    WRONG_LENGTH("a string of another length than is expected there"),
    NOT_UTF8("a text that is not UTF-8"),
    KEY_ORDER("a key that does not ascend"),
    DUPLICATE_KEY("a key that is there twice"),
    TOO_DEEP("more levels than allowed"),
    TOO_MANY_ITEMS("more items than allowed"),
    MISSING_KEY("a key that the message needs is not there"),
    OUT_OF_RANGE("a value outside what its field allows");

    private final String sentence;

    CborFault(String sentence) {
        this.sentence = sentence;
    }

    /** What is wrong, for a person. */
    public String sentence() {
        return sentence;
    }
}
