"""What keeps patients' words private: encryption, audit, retention."""
