package org.rackweave.crypto;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM text (RFC 7468), strictly: blocks of one label, nothing but blank space between them. */
final class Pem {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";
    static final String CERTIFICATE_REQUEST = "CERTIFICATE REQUEST";
    private static final int LINE_CHARACTERS = 64;

    private Pem() {}

    static String encode(String label, byte[] der) {
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'});
        return "-----BEGIN " + label + "-----\n" + encoder.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** The blocks of {@code pem}; empty when it holds anything that is not a whole block of this label. */
    static Optional<List<byte[]>> decode(String label, byte[] pem) {
        Pattern block = Pattern.compile(
                "\\s*-----BEGIN " + label + "-----\\s*\\n([A-Za-z0-9+/=\\s]*)-----END " + label + "-----\\s*");
        Matcher matcher = block.matcher(new String(pem, StandardCharsets.US_ASCII));
        List<byte[]> blocks = new ArrayList<>();
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            try {
                String base64 = matcher.group(1).replaceAll("\\s", "");
                blocks.add(Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            end = matcher.end();
        }
        boolean whole = end == matcher.regionEnd() && !blocks.isEmpty();
        return whole ? Optional.of(List.copyOf(blocks)) : Optional.empty();
    }
}
