package org.rackweave.hal.sysfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.HalException;
import org.rackweave.hal.settings.TextSettings;

/**
 * What the configuration says:
 *
 * <pre>
 * host: server-a                                # the only host: the one whose kernel this is
 * memory: "0x1a2b 512MiB, 0x1a2c 256GiB"        # devices by serial number, and how much of each
 * </pre>
 *
 * @param host the name by which borrowers name it
 * @param claims at least one, each serial number once
 */
record LinuxCxlSettings(String host, List<Claim> claims) {
    /** A server has far fewer CXL devices; a list this long still fits one answer. */
    static final int MOST_CLAIMS = 64;

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Pattern CLAIM = Pattern.compile("0x([0-9a-fA-F]{1,16})\\s+([0-9]{1,7})\\s*(MiB|GiB)");

    LinuxCxlSettings {
        claims = List.copyOf(claims);
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException(
                    "host is the name of the server that this is, 1 to 128 characters of [A-Za-z0-9._:-], not: "
                            + host);
        }
        if (claims.isEmpty() || claims.size() > MOST_CLAIMS) {
            throw new IllegalArgumentException("memory names 1 to " + MOST_CLAIMS + " devices, not " + claims.size());
        }
        if (claims.stream().map(Claim::serial).distinct().count() < claims.size()) {
            throw new IllegalArgumentException("memory names a device twice; a device is lent as one piece");
        }
    }

    static LinuxCxlSettings parse(Map<String, String> texts) throws HalException {
        TextSettings settings = new TextSettings(LinuxCxlProvider.NAME, texts);
        String host = settings.text("host").orElse("");
        String memory = settings.text("memory").orElse("");
        settings.end();
        try {
            return new LinuxCxlSettings(host, claims(memory));
        } catch (IllegalArgumentException wrong) {
            throw settings.refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static List<Claim> claims(String text) {
        List<Claim> claims = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = CLAIM.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "memory is a list such as \"0x1a2b 512MiB, 0x1a2c 1GiB\", and this is no part of one: \""
                                + part.strip() + "\"");
            }
            int shift = matcher.group(3).equals("GiB") ? 30 : 20;
            claims.add(
                    new Claim(Long.parseUnsignedLong(matcher.group(1), 16), Long.parseLong(matcher.group(2)) << shift));
        }
        return claims;
    }
}
