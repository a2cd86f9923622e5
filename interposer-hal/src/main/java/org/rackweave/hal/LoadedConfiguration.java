package org.rackweave.hal;

import java.util.regex.Pattern;

/**
 * What the hardware says is loaded in a slice. Read back, never remembered.
 *
 * @param name the name under which the owner holds it, see {@link HardwareSlice#configurations()}
 * @param digest SHA-256 of what is loaded, 64 hexadecimal digits in lower case; where the device cannot be read back, of the
 *     image that it acknowledged
 */
public record LoadedConfiguration(String name, String digest) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public LoadedConfiguration {
        if (!HardwareSlice.isConfigurationName(name)) {
            throw new IllegalArgumentException("not the name of a configuration: " + name);
        }
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("a digest is 64 hexadecimal digits, not: " + digest);
        }
    }
}
