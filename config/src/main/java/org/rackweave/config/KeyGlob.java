package org.rackweave.config;

import java.util.Objects;

/**
 * A pattern of hardware keys: {@code *} stands for any characters, {@code ?} for one.
 *
 * @param pattern as an operator writes it
 */
public record KeyGlob(String pattern) {
    public KeyGlob {
        Objects.requireNonNull(pattern);
    }

    /** Whether the whole key fits. Takes at most pattern times key steps, whatever the pattern is. */
    public boolean matches(String key) {
        int p = 0;
        int k = 0;
        int star = -1;
        int resume = 0;
        while (k < key.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = k;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == key.charAt(k))) {
                p++;
                k++;
            } else if (star >= 0) {
                p = star + 1;
                k = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
