"""Why others cannot join: each check reads facts, only reads them, and says what they mean."""
